// Filters the directory as one types. Without this file the form asks the server, which finds the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-finder]");
  const found = document.querySelector("[data-found]");
  if (!form || !document.querySelector("[data-offices]")) return;
  const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d");
  const digits = (words) => (/\p{L}/u.test(words) ? "" : words.replace(/\D/g, ""));
  const text = (node, selector) => node.querySelector(selector)?.textContent ?? "";

  const offices = [...document.querySelectorAll(".offices > .office")].map((node) => {
    const about = fold(`${text(node, "h2")} ${text(node, ".icon-pin + span")}`);
    const lines = [...node.querySelectorAll(":scope > .numbers:not(.heirs) > .number")].map((line) => {
      const link = line.querySelector("a[href^='tel:']");
      const purpose = text(line, "span").trim();
      const number = link?.textContent ?? text(line, ".was");
      const called = (link?.getAttribute("href") ?? "").replace("tel:+84", "0").replace(/\D/g, "");
      return { line, purpose, words: `${about} ${fold(purpose)}`, called: `${number.replace(/\D/g, "")} ${called}` };
    });
    return { node, about, lines, isOver: node.closest("[data-ended]") !== null };
  });

  const holds = (words, called, wanted) =>
    wanted.every((word) => words.includes(word) || (digits(word) && called.includes(digits(word))));

  function filter() {
    const wanted = fold(form.elements.q.value).split(/\s+/).filter(Boolean);
    const purpose = form.elements.muc.value;
    let n = 0;
    for (const { node, about, lines, isOver } of offices) {
      const hits = lines.filter((one) => (!purpose || one.purpose === purpose) && holds(one.words, one.called, wanted));
      const isWhole = !purpose && !hits.length && holds(about, "", wanted);
      for (const one of lines) one.line.hidden = !isWhole && !hits.includes(one);
      node.hidden = !hits.length && !isWhole;
      if (!isOver) n += hits.length;
    }
    const ended = document.querySelector("[data-ended]");
    if (ended) ended.hidden = !ended.querySelector(".office:not([hidden])");
    const isFiltered = wanted.length || purpose;
    const isEmpty = offices.every(({ node }) => node.hidden);
    found.textContent = !isFiltered ? "" : isEmpty ? found.dataset.none : `${n} ${found.dataset.some}.`;
  }

  // The page of an answer without script holds only what was found: there the form goes on asking the server.
  if (location.pathname.endsWith("/tim/")) return;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });
  if (form.elements.q.value || form.elements.muc.value) filter(); // the browser kept them over a reload
})();
