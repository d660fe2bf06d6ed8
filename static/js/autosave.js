// What is typed into a long form is kept in this browser until the portal has it.
(() => {
  "use strict";
  const bar = document.querySelector("[data-kept]");
  const form = bar?.closest("form");
  if (!form) return;
  const words = bar.dataset;
  const key = `kept:${words.kept}`, spare = `${key}:old`;
  const opened = form.elements.opened_at_version;
  const editors = () => Object.values(window.CKEDITOR?.instances ?? {});
  let seen, timer, offered; // kept beside what is typed until it is answered

  const isBox = (field) => /checkbox|radio/.test(field.type);
  const editor = (field) => window.CKEDITOR?.instances[field.id];
  const value = (field) => (isBox(field) ? field.checked : (editor(field)?.getData() ?? field.value));
  const fields = () =>
    [...form.elements].filter(
      ({ name, type, readOnly }) =>
        name && !name.includes("__prefix__") && !readOnly && !/hidden|password|file|submit|button/.test(type),
    );
  const read = () => Object.fromEntries(fields().map((field) => [field.name, value(field)]));
  const write = (texts) => {
    for (const field of fields()) {
      const text = texts[field.name];
      if (text === undefined || text === value(field)) continue;
      if (isBox(field)) field.checked = text;
      else if (editor(field)) editor(field).setData(text);
      else field.value = text;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const load = (name) => JSON.parse(localStorage.getItem(name));
  const drop = (...names) => names.forEach((name) => localStorage.removeItem(name));
  drop(...Object.keys(localStorage).filter((name) => /^kept:/.test(name) && !(Date.now() - load(name)?.at < 7 * 864e5)));

  const say = (...parts) => {
    bar.replaceChildren(...parts);
    bar.hidden = false;
  };
  const button = (textContent, onclick) =>
    Object.assign(document.createElement("button"), { type: "button", className: "button", textContent, onclick });
  const store = (more) => {
    const text = JSON.stringify({ at: Date.now(), opened: opened.value, fields: read(), ...more });
    try {
      if (text.length > 1.5e6) throw text;
      if (offered) localStorage.setItem(spare, JSON.stringify(offered));
      localStorage.setItem(key, text);
    } catch {
      say(words.full);
    }
  };
  const look = () => {
    const now = JSON.stringify(read());
    if (now !== seen) store();
    seen = now;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 800);
  };

  const offer = () => {
    // The portal's cookie names the forms that arrived.
    const arrived = (document.cookie.match(/(?:^|; )saved=([^;]*)/)?.[1] ?? "").split(".");
    [offered] = [key, spare].map(load).filter(
      (old) => old && !(old.sent && arrived.includes(old.opened)) && JSON.stringify(old.fields) !== seen,
    );
    drop(key, spare);
    if (!offered) return;
    const old = offered;
    localStorage.setItem(key, JSON.stringify(old));
    const take = () => {
      offered = drop(spare);
      opened.value = old.opened; // what others have saved since is to be seen before it is overwritten
      write(old.fields);
      say(words.put);
    };
    const discard = () => {
      offered = drop(key, spare);
      bar.hidden = true;
    };
    say(`${words.found} ${new Date(old.at).toLocaleString("vi-VN")}. `, button(words.take, take), " ", button(words.drop, discard));
  };

  const begin = () => {
    seen = JSON.stringify(read());
    if (!words.isRefused) offer();
    for (const name of ["input", "change"]) form.addEventListener(name, soon);
    for (const one of editors()) one.on("change", soon);
    form.addEventListener("submit", ({ submitter }) => {
      if (submitter?.formTarget) return;
      timer = clearTimeout(timer);
      store({ sent: true });
    });
    addEventListener("pagehide", () => timer && look());
  };
  addEventListener("load", () => {
    const ready = (one) => one.status === "ready" || new Promise((done) => one.on("instanceReady", done));
    Promise.all(editors().map(ready)).then(begin);
  });
})();
