// The digital map: Leaflet over our own points. The list is in the page, filtered here as the server does it; without
// this file the form is sent, the drawing stands and nothing is missing.
(() => {
  "use strict";
  const frame = document.querySelector("[data-map]");
  const form = document.querySelector("[data-map-form]");
  if (!frame || !form) return;
  const told = frame.dataset;

  // As portal/lib/text.py does it: fold, and the digits of a telephone number.
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ|ð/g, "d");
  const wanted = (query) => {
    const digits = query.replace(/\D/g, "");
    const isPhone = /^[+(]?\d[\d\s.()-]*$/.test(query.trim()) && digits.length >= 8 && digits.length <= 15;
    return isPhone ? [digits] : fold(query).split(/\s+/).filter(Boolean);
  };

  const places = [...document.querySelectorAll("[data-place]")].map((item) => ({ item, marker: null }));
  const placeOf = new Map(places.map((place) => [place.item.dataset.place, place]));
  const drawn = new Map(places.map(({ item }) => [item, document.querySelector(`.map a[href="#office-${item.dataset.place}"]`)]));
  const shown = () => places.filter((place) => !place.item.hidden);

  let map = null;
  let opener = null;

  function filter() {
    const query = form.elements.q.value;
    const kind = form.elements.loai.value;
    const words = wanted(query);
    for (const { item } of places) {
      const { kind: own, sought } = item.dataset;
      item.hidden = (kind && own !== kind) || !words.every((word) => sought.includes(word));
      drawn.get(item)?.toggleAttribute("hidden", item.hidden);
    }
    const sentence = told.count.replace("{found}", shown().length).replace("{total}", places.length);
    document.querySelector("[data-found]").textContent = sentence;
    document.querySelector("[data-all]").hidden = !query.trim() && !kind;
    const asked = new URLSearchParams([["q", query.trim()], ["loai", kind]].filter(([, value]) => value));
    history.replaceState(null, "", String(asked) ? `?${asked}` : location.pathname);
    place();
    if (map && shown().length && !map.getBounds().contains(all(shown()))) whole();
  }

  // A browser that comes back to the page fills the form as it was left.
  if (form.elements.q.value || form.elements.loai.value) filter();
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });

  // --- The map -------------------------------------------------------------------------------------------------
  function start(points) {
    frame.hidden = false;
    frame.parentElement.classList.add("is-live");
    map = portalMap.begin(frame, told);
    wholeButton().addTo(map);
    for (const feature of points.features) {
      const place = placeOf.get(String(feature.properties.id));
      if (place) place.marker = marker(place, feature);
    }
    whole();
    map.setMaxBounds(portalMap.limits(told) ?? map.getBounds().pad(1));
    portalMap.ground(map, told);
    place();
    map.on("zoomend moveend resize", names);
    map.on("popupopen", opened);
    map.on("popupclose", closed);
    frame.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
    for (const place of places.filter((place) => place.marker)) offer(place);
  }

  const all = (some) => L.latLngBounds(some.filter((place) => place.marker).map((place) => place.marker.getLatLng()));

  function whole() {
    const area = all(shown());
    const edge = frame.clientWidth < 480 ? 22 : 40;
    // Room for the buttons at the left: no point lies below them.
    if (area.isValid()) map.fitBounds(area, { paddingTopLeft: [edge + 50, edge], paddingBottomRight: [edge, edge], maxZoom: 15 });
  }

  function wholeButton() {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const bar = L.DomUtil.create("div", "leaflet-bar");
      const button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.title = told.whole;
      button.setAttribute("aria-label", told.whole);
      button.textContent = "⤢";
      L.DomEvent.disableClickPropagation(bar).on(button, "click", whole);
      return bar;
    };
    return control;
  }

  function marker(place, feature) {
    const { number, kind } = place.item.dataset;
    const sign = Object.assign(document.createElement("b"), { textContent: number });
    const name = Object.assign(document.createElement("span"), { textContent: feature.properties.name });
    const icon = L.divIcon({ className: `map-pin map-pin-${kind}`, html: "", iconSize: [30, 30], popupAnchor: [0, -14] });
    const [lng, lat] = feature.geometry.coordinates;
    const made = L.marker([lat, lng], { icon, riseOnHover: true, zIndexOffset: kind === "authority" ? 1000 : 0 });
    made.on("add", () => {
      const element = made.getElement();
      element.append(sign, " ", name);
      element.setAttribute("aria-label", `${number} ${feature.properties.name}`);
      element.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        made.openPopup();
      });
    });
    return made.bindPopup(() => card(place), {
      minWidth: 180, maxWidth: Math.min(300, frame.clientWidth - 110), autoPanPaddingTopLeft: [60, 12], autoPanPaddingBottomRight: [12, 12],
    });
  }

  // What the popup shows is what the list says.
  function card(place) {
    const copy = place.item.querySelector("section").cloneNode(true);
    const back = document.createElement("a");
    back.href = `#${copy.id}`;
    back.textContent = told.inList;
    copy.removeAttribute("id");
    copy.removeAttribute("class");
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    copy.querySelector("[data-show]")?.replaceWith(back);
    return copy;
  }

  function opened({ popup }) {
    const element = popup.getElement();
    const from = popup._source.getElement();
    if (!opener) opener = from;
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-label", from.getAttribute("aria-label"));
    element.tabIndex = -1;
    element.querySelector(".leaflet-popup-close-button").setAttribute("aria-label", told.close);
    element.focus({ preventScroll: true });
  }

  function closed({ popup }) {
    const element = popup.getElement();
    const isLost = element?.contains(document.activeElement) || document.activeElement === document.body;
    if (isLost) opener?.focus({ preventScroll: opener.closest("[data-map]") !== null });
    opener = null;
  }

  // Each office of the list leads to its point.
  function offer(place) {
    const button = place.item.querySelector("[data-show]");
    button.hidden = false;
    button.addEventListener("click", () => {
      map.closePopup();
      opener = button;
      frame.scrollIntoView({ block: "nearest" });
      map.setView(place.marker.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
      place.marker.openPopup();
    });
  }

  // Puts the points of the list, as it is filtered, on the map.
  function place() {
    if (!map) return;
    for (const { item, marker } of places) {
      if (!marker) continue;
      if (item.hidden) marker.remove();
      else if (!map.hasLayer(marker)) marker.addTo(map);
    }
    names();
  }

  // A name stands right or left of its point where it crosses no other; the number is always there.
  function names() {
    const { x: width, y: height } = map.getSize();
    const spots = shown().filter(({ marker }) => marker).map(({ marker }) => ({
      element: marker.getElement(), ...map.latLngToContainerPoint(marker.getLatLng()),
    }));
    const taken = spots.map(({ x, y }) => [x - 17, x + 17, y]);
    for (const { element, x, y } of spots) {
      const long = element.querySelector("span").offsetWidth + 4;
      const sides = { "name-right": [x + 18, x + 18 + long], "name-left": [x - 18 - long, x - 18] };
      const side = Object.keys(sides).find((key) => {
        const [from, to] = sides[key];
        const isFree = taken.every(([left, right, at]) => from > right || to < left || Math.abs(y - at) > 22);
        return isFree && from >= 0 && to <= width && y > 0 && y < height;
      });
      element.classList.remove("name-right", "name-left");
      if (!side) continue;
      element.classList.add(side);
      taken.push([...sides[side], y]);
    }
  }

  // No points, no map: the drawing stays.
  if (window.portalMap) fetch(told.points).then((answer) => (answer.ok ? answer.json() : Promise.reject())).then(start).catch(() => {});
})();
