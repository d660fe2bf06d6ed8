// The office's form: its point is placed by a click on the map. The two number fields stay, and say the same.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const lng = document.querySelector("[data-point-map]");
  const lat = document.querySelector("#id_lat");
  if (!lng || !lat || !window.portalMap) return;
  const told = lng.dataset;
  const made = (tag, parts) => Object.assign(document.createElement(tag), parts);

  const row = lng.closest(".form-row");
  const help = made("p", { className: "pick-help", textContent: told.help, id: "point-help" });
  const frame = made("div", { className: "pick-map" });
  const clear = made("button", { type: "button", className: "button pick-clear", textContent: told.clear });
  const foot = made("p", {});
  foot.append(clear);
  row.append(help, frame, foot);
  const map = portalMap.begin(frame, told);

  // --- The point and its numbers -------------------------------------------------------------------------------
  const icon = L.divIcon({ className: "map-pin map-pin-own", html: "<b>•</b>", iconSize: [30, 30] });
  const pin = L.marker([0, 0], { icon, draggable: true, autoPan: true, zIndexOffset: 1000 });
  const typed = () => (lat.value.trim() && lng.value.trim() ? L.latLng(Number(lat.value), Number(lng.value)) : null);
  const isPlace = (point) => point && Math.abs(point.lat) <= 90 && Math.abs(point.lng) <= 180;

  function write(point) {
    const { lat: north, lng: east } = point.wrap();
    lat.value = north.toFixed(5);
    lng.value = east.toFixed(5);
    for (const field of [lat, lng]) field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show() {
    const point = typed();
    clear.hidden = !point;
    if (isPlace(point)) pin.setLatLng(point).addTo(map);
    else pin.remove();
  }

  map.on("click", ({ latlng }) => write(latlng));
  pin.on("dragend", () => write(pin.getLatLng()));
  pin.on("add", () => {
    const element = pin.getElement();
    element.setAttribute("aria-label", told.point);
    element.setAttribute("aria-describedby", help.id);
    element.addEventListener("keydown", step);
  });
  for (const field of [lat, lng]) {
    field.addEventListener("change", () => {
      show();
      if (isPlace(typed()) && !map.getBounds().contains(typed())) map.panTo(typed());
    });
  }
  clear.addEventListener("click", () => {
    lat.value = lng.value = "";
    show();
    lat.focus();
  });

  function step(event) {
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.shiftKey ? 40 : 4;
    write(map.unproject(map.project(pin.getLatLng()).add(L.point(way).multiplyBy(pixels))));
  }

  // --- Where the others are ------------------------------------------------------------------------------------
  const own = Number(location.pathname.match(/\/(\d+)\/change\/$/)?.[1]);

  function look(others) {
    const points = others.map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
    if (isPlace(typed())) map.setView(typed(), 14);
    else if (portalMap.limits(told)) map.fitBounds(portalMap.limits(told));
    else if (points.length) map.fitBounds(points, { padding: [40, 40], maxZoom: 15 });
    else map.setView([16, 107.5], Number(told.minZoom)); // nothing is known yet: the middle of the country
    for (const [n, point] of points.entries()) {
      L.circleMarker(point, { radius: 6, className: "map-other", interactive: false })
        .bindTooltip(made("span", { textContent: others[n].properties.name }), { permanent: true, direction: "right", className: "map-other-name" })
        .addTo(map);
    }
    portalMap.ground(map, told);
    show();
  }

  fetch(told.pointMap)
    .then((answer) => (answer.ok ? answer.json() : { features: [] }))
    .catch(() => ({ features: [] }))
    .then(({ features }) => look(features.filter(({ properties }) => properties.id !== own)));
});
