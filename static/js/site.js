// Enhancements only: without this file everything works.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

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

  // Menus close with Escape and when the focus or the pointer goes elsewhere.
  const menus = all(".menu-more");
  const isDesk = () => matchMedia("(width >= 62rem)").matches;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(".menu-more[open], .menu-toggle[open]")) {
      const held = menu.parentElement.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    }
  });
  const leave = (event) => {
    if (!isDesk()) return;
    for (const menu of menus) if (menu.open && !menu.parentElement.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);

  // A wide table gets a frame that a keyboard can scroll.
  for (const prose of all("[data-frame]")) {
    for (const table of all("table", prose)) {
      const frame = document.createElement("div");
      frame.className = "scroll";
      table.replaceWith(frame);
      frame.append(table);
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", table.caption?.textContent.trim() || prose.dataset.frame);
      const reach = () => (frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1);
      new ResizeObserver(reach).observe(frame);
      reach();
    }
  }

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // Errors are where the reader has to look first.
  document.querySelector("[data-focus]")?.focus();
})();
