// The poll on a cached page holds no token. This joins its two steps (token, ballot) into one click that never leaves
// the page; where it cannot, the plain form does what it always did.
(() => {
  "use strict";
  const ask = async (address, options) => {
    const answer = await fetch(address, { signal: AbortSignal.timeout(30000), ...options });
    return answer.json(); // a page that is no JSON (503, 403) throws
  };

  const solve = (script, task) =>
    new Promise((done, failed) => {
      const worker = new Worker(script);
      worker.onmessage = ({ data }) => (worker.terminate(), done(data));
      worker.onerror = failed;
      worker.postMessage(task);
    });

  const show = (form, html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const place = document.createElement("div");
    place.className = form.className;
    place.append(...document.importNode(page.body, true).childNodes);
    place.prepend(...form.querySelectorAll("h1"));
    form.replaceWith(place);
    const told = place.querySelector(".notice") ?? place; // a container without a name is read by few screen readers
    told.tabIndex = -1;
    told.focus();
  };

  const say = (form, words, isError) => {
    const status = form.querySelector("[data-status]");
    status.className = isError ? "notice notice-error" : "meta";
    status.setAttribute("role", isError ? "alert" : "status");
    status.textContent = words;
  };

  const send = (form, token, proof) => {
    const ballot = new URLSearchParams(new FormData(form));
    ballot.delete("csrfmiddlewaretoken");
    if (proof) ballot.set("proof", proof);
    return ask(form.dataset.poll, { method: "POST", body: ballot, headers: { "X-CSRFToken": token } });
  };

  const vote = async (form) => {
    let outcome;
    try {
      outcome = await ask(form.dataset.poll);
    } catch {
      return form.submit(); // the plain way, as without script
    }
    if (outcome.state === "ready") {
      const { token } = outcome;
      try {
        outcome = await send(form, token);
        if (outcome.state === "work") {
          say(form, form.dataset.working);
          const proof = await solve(form.dataset.work, outcome).catch(() => "unable"); // then it is kept aside
          outcome = await send(form, token, proof);
        }
      } catch {
        return say(form, form.dataset.lost, true);
      }
    }
    if (outcome.html) return show(form, outcome.html);
    say(form, (outcome.errors || [form.dataset.lost]).join(" "), true);
  };

  for (const form of document.querySelectorAll("form[data-poll]")) {
    const button = form.querySelector("button");
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return; // a double click
      if (!new FormData(form).has("option")) {
        say(form, form.dataset.none, true);
        return form.querySelector("[name=option]").focus();
      }
      button.setAttribute("aria-disabled", "true");
      say(form, form.dataset.busy);
      await vote(form);
      button.removeAttribute("aria-disabled");
    };
  }
})();
