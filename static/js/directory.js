// Filters the directory as one types. Without this file the form asks the server, which finds the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-finder]");
  const found = document.querySelector("[data-found]");
  if (!form || !document.querySelector("[data-offices]")) return;
  const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ|ð/g, "d");
  const digits = (words) => (/\p{L}/u.test(words) ? "" : words.replace(/\D/g, ""));
  const text = (node, selector) => node.querySelector(selector)?.textContent ?? "";

  const plain = (words) => ` ${(fold(words).match(/[a-z0-9&/-]+/g) ?? []).join(" ")}`;

  // One for each number; an office without numbers has one without a line. Read at the first letter.
  const rows = [];
  function read() {
    for (const office of document.querySelectorAll(".offices > .office")) {
      const about = `${text(office, "h2")} ${text(office, "[data-address]")}`;
      const isOver = office.closest("[data-ended]") !== null;
      const lines = [...office.querySelectorAll(":scope > .numbers:not(.heirs) > .number")];
      for (const line of lines.length ? lines : [null]) {
        const purpose = line ? text(line, "span").trim() : "";
        const link = line?.querySelector("a[href^='tel:']");
        const dialled = (link?.getAttribute("href") ?? "").replace("tel:+84", "0").split(",")[0].replace(/\D/g, "");
        const called = line ? `${(link ?? line.querySelector(".was")).textContent.replace(/\D/g, "")} ${dialled}` : "";
        rows.push({ office, line, purpose, isOver, called, words: plain(`${about} ${purpose}`) });
      }
    }
  }

  function best(query, purpose) {
    const whole = fold(query).split(/\s+/).filter(Boolean);
    const hits = rows.filter(
      (row) =>
        (!purpose || row.purpose === purpose) &&
        whole.every((word) => row.words.includes(` ${word}`) || (digits(word) && row.called.includes(digits(word)))),
    );
    const exact = hits.filter((row) => row.words.includes(` ${whole.join(" ")}`));
    return new Set(exact.length ? exact : hits);
  }

  function filter() {
    if (!rows.length) read();
    const query = form.elements.q.value;
    const purpose = form.elements.muc.value;
    const hits = best(query, purpose);
    for (const { office } of rows) office.hidden = true;
    for (const row of rows) {
      if (hits.has(row)) row.office.hidden = false;
      if (row.line) row.line.hidden = !hits.has(row);
    }
    const ended = document.querySelector("[data-ended]");
    if (ended) ended.hidden = !ended.querySelector(".office:not([hidden])");
    const n = [...hits].filter((row) => row.line && !row.isOver).length;
    const isFiltered = query.trim() || purpose;
    const { one, some, none } = found.dataset;
    found.textContent = !isFiltered ? "" : hits.size ? `${n} ${n === 1 ? one : some}.` : none;
  }

  // An answer of the server holds only what was found: there the form goes on asking it.
  if (location.pathname.endsWith("/tim/")) return;
  form.oninput = filter;
  form.onsubmit = (event) => {
    event.preventDefault();
    filter();
  };
  if (form.elements.q.value || form.elements.muc.value) filter(); // the browser kept them over a reload
})();
