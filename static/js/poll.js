// The poll box on a cached page holds no token. This joins its two steps (fetch the ballot, send it) into one click;
// whatever goes wrong, the plain form opens the ballot page instead.
(() => {
  "use strict";
  const page = async (address, options) => {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const document = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { answer, document };
  };

  const vote = async (form) => {
    const ballot = await page(form.action);
    let outcome = ballot; // a voter who has voted before is led to the results at once
    const blank = ballot.document.querySelector("#ballot");
    if (blank) {
      const sent = new URLSearchParams(new FormData(form));
      sent.set("csrfmiddlewaretoken", blank.elements.csrfmiddlewaretoken.value);
      outcome = await page(form.action, { method: "POST", body: sent });
    }
    const results = outcome.document.querySelector("#results");
    if (!outcome.answer.ok || !results) throw new Error("no results");
    const said = outcome.document.querySelector(".notice");
    const place = document.createElement("div");
    place.tabIndex = -1;
    place.append(...[said, results].filter(Boolean).map((part) => document.importNode(part, true)));
    form.replaceWith(place);
    place.focus();
  };

  for (const form of document.querySelectorAll("form[data-poll]")) {
    form.addEventListener("submit", async (event) => {
      if (!new FormData(form).has("option")) return; // the ballot page asks for an answer
      event.preventDefault();
      form.inert = true;
      try {
        await vote(form);
      } catch {
        form.submit();
      }
    });
  }
})();
