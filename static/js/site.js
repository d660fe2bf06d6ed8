// Enhancements only: without this file everything works.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const kept = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch {} // a browser that keeps nothing
  };

  // Text size and contrast: the sheets look at what is chosen; here it is remembered.
  for (const input of all(".display input")) {
    if (input.type === "radio") input.checked = input.id === (kept("size") || "size-1");
    else input.checked = kept(input.id) === "1";
    input.onchange = () =>
      input.type === "radio" ? kept("size", input.id) : kept(input.id, input.checked ? "1" : "0");
  }

  // The header is one for all pages and cannot know where it stands.
  const here = location.pathname;
  const above = all(".menu a[href^='/']").filter((link) => {
    const path = link.pathname;
    return path !== "/" && here.startsWith(path);
  });
  const deepest = Math.max(0, ...above.map((link) => link.pathname.length));
  for (const link of above.filter((link) => link.pathname.length === deepest)) {
    link.setAttribute("aria-current", link.pathname === here ? "page" : "true");
    link.closest(".menu-item")?.querySelector(":scope > a")?.setAttribute("aria-current", "true");
  }

  // What opens over the page closes with Escape and when one goes elsewhere.
  const over = ".menu-more[open], .display[open], .tools details[open]";
  const isDesk = () => matchMedia("(width >= 62rem)").matches;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(`${over}, .menu-toggle[open]`)) {
      const held = menu.parentElement.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    }
    for (const item of all(".menu-item:hover")) { // opened by the pointer alone
      item.classList.add("is-shut");
      item.onpointerleave = () => item.classList.remove("is-shut");
    }
  });
  const leave = (event) => {
    for (const menu of all(over)) {
      const isMenu = menu.matches(".menu-more");
      if ((isDesk() || !isMenu) && !(isMenu ? menu.parentElement : menu).contains(event.target)) menu.open = false;
    }
  };
  for (const kind of ["click", "focusin"]) document.addEventListener(kind, leave);

  // A frame stops the keyboard only while there is something to scroll.
  for (const frame of all(".scroll")) {
    const reach = () => (frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1);
    new ResizeObserver(reach).observe(frame);
  }

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.onclick = () => print();
  }

  // Suggestions: their script comes when one goes to a search box.
  const boxes = all("[data-suggest]");
  const load = (event) => {
    for (const box of boxes) box.onfocus = null;
    const script = document.createElement("script");
    script.src = event.target.dataset.script;
    document.head.append(script);
  };
  for (const box of boxes) box.onfocus = load;

  // What lies far below is laid out a few parts at a time.
  const soon = (next) => window.requestIdleCallback?.(next, { timeout: 500 }) ?? setTimeout(next, 50);
  const settle = () => {
    const next = all(".far").slice(0, 3);
    for (const part of next) part.classList.remove("far");
    if (next.length) soon(settle);
  };
  soon(settle);

  // Errors are where the reader has to look first.
  document.querySelector("[data-focus]")?.focus();
})();
