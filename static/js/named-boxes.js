// A box that searches while one types says to screen readers only what is chosen; here it says its label too.
(() => {
  "use strict";
  const name = () => {
    for (const box of document.querySelectorAll(".select2-selection")) {
      const label = box.closest(".select2-container")?.parentElement.querySelector("select")?.labels[0];
      const chosen = box.querySelector(".select2-selection__rendered");
      if (!label || !chosen) continue;
      label.id ||= `label-${label.htmlFor}`;
      box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
      chosen.setAttribute("aria-labelledby", label.id);
    }
  };
  // jQuery makes the boxes some time after the page is there, at times later than its "load".
  const boxes = new MutationObserver(name);
  addEventListener("DOMContentLoaded", () => {
    name();
    boxes.observe(document.getElementById("content") ?? document.body, { childList: true, subtree: true });
  });
})();
