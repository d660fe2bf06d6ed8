// What the map of the site and that of the office's form stand on: Leaflet with the settings and the words that the
// page gives in data attributes; tiles if there are any, else meridians and parallels.
(() => {
  "use strict";
  if (!window.L) return;
  const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

  function grid(map, lines) {
    lines.clearLayers();
    const seen = map.getBounds();
    const view = seen.pad(0.5);
    const perPixel = (seen.getEast() - seen.getWest()) / map.getSize().x;
    const step = STEPS.find((degrees) => degrees / perPixel > 60) ?? 10;
    const style = { className: "map-grid", interactive: false, smoothFactor: 0 };
    const draw = (from, to, line) => {
      for (let n = Math.ceil(from / step); n * step <= to; n += 1) L.polyline(line(n * step), style).addTo(lines);
    };
    draw(view.getSouth(), view.getNorth(), (at) => [[at, view.getWest()], [at, view.getEast()]]);
    draw(view.getWest(), view.getEast(), (at) => [[view.getSouth(), at], [view.getNorth(), at]]);
  }

  // Call it when the map has got its view.
  function ground(map, told) {
    if (told.tiles) {
      const attribution = Object.assign(document.createElement("i"), { textContent: told.attribution }).innerHTML;
      L.tileLayer(told.tiles, { attribution }).addTo(map);
      return;
    }
    const lines = L.layerGroup().addTo(map);
    grid(map, lines);
    map.on("zoomend moveend resize", () => grid(map, lines));
  }

  function begin(frame, told) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", told.label);
    const map = L.map(frame, {
      minZoom: Number(told.minZoom), maxZoom: Number(told.maxZoom), zoomSnap: told.tiles ? 1 : 0.25, zoomControl: false,
      attributionControl: Boolean(told.tiles), scrollWheelZoom: false, maxBoundsViscosity: 1,
      zoomAnimation: !isStill, fadeAnimation: !isStill, markerZoomAnimation: !isStill, inertia: !isStill,
    });
    map.attributionControl?.setPrefix(false);
    L.control.zoom({ zoomInTitle: told.zoomIn, zoomOutTitle: told.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    // The wheel scrolls the page until somebody has begun to use the map.
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur mouseout", () => map.scrollWheelZoom.disable());
    return map;
  }

  // South, west, north, east of the settings; null if they say nothing.
  function limits(told) {
    const [south, west, north, east] = told.bounds.split(",").map(Number);
    return east === undefined ? null : L.latLngBounds([south, west], [north, east]);
  }

  window.portalMap = { begin, ground, limits };
})();
