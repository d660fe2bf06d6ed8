// What is typed into a long form is kept in this browser until the portal has it.
(() => {
  "use strict";
  const bar = document.querySelector("[data-kept]");
  const form = bar?.closest("form");
  if (!form) return;
  const PREFIX = "kept:", DAYS = 7, MAX = 1_500_000;
  const key = PREFIX + bar.dataset.kept, spare = `${key}:before`;
  const opened = form.elements.opened_at_version;

  const editor = (field) => window.CKEDITOR?.instances[field.id];
  const kept = (field) =>
    field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.readOnly;
  const value = (field) =>
    /checkbox|radio/.test(field.type) ? field.checked : (editor(field)?.getData() ?? field.value);
  const fields = () => [...form.elements].filter((field) => kept(field) && !field.name.includes("__prefix__"));
  const read = () => Object.fromEntries(fields().map((field) => [field.name, value(field)]));
  const write = (texts) => {
    for (const field of fields()) {
      const text = texts[field.name];
      if (text === undefined || text === value(field)) continue;
      if (/checkbox|radio/.test(field.type)) field.checked = text;
      else if (editor(field)) editor(field).setData(text);
      else field.value = text;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  let first, timer, offered; // `offered` is kept as well until it is taken or thrown away
  const load = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (!(Date.now() - load(name)?.at < DAYS * 864e5)) localStorage.removeItem(name);
  }
  const store = (more) => {
    const text = JSON.stringify({ at: Date.now(), opened: opened.value, fields: read(), ...more });
    try {
      if (text.length > MAX) throw new Error("long");
      if (offered) localStorage.setItem(spare, JSON.stringify(offered));
      localStorage.setItem(key, text);
    } catch {
      say(bar.dataset.full);
    }
  };
  const say = (text, ...buttons) => {
    bar.replaceChildren(text, ...buttons);
    bar.hidden = false;
  };
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = text;
    made.onclick = act;
    return made;
  };

  const look = () => {
    const now = JSON.stringify(read());
    if (now === first) return;
    first = now;
    store();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 800);
  };
  // The portal names in a cookie the forms that have arrived.
  const isSaved = (old) => {
    const saved = document.cookie.match(/(?:^|; )saved=([^;]*)/)?.[1] ?? "";
    return old.sent && saved.split(".").includes(old.opened);
  };
  const begin = () => {
    first = JSON.stringify(read());
    const [old] = [key, spare].map(load).filter((one) => {
      return one && !isSaved(one) && JSON.stringify(one.fields) !== first;
    });
    if (!bar.dataset.isRefused) for (const name of [key, spare]) localStorage.removeItem(name);
    if (old && !bar.dataset.isRefused) {
      offered = old;
      localStorage.setItem(key, JSON.stringify(old));
      const answered = () => {
        offered = null;
        localStorage.removeItem(spare);
      };
      const take = button(bar.dataset.take, () => {
        answered();
        opened.value = old.opened; // what others have saved since is to be seen before it is overwritten
        write(old.fields);
        say(bar.dataset.put);
      });
      const drop = button(bar.dataset.drop, () => {
        answered();
        localStorage.removeItem(key);
        bar.hidden = true;
      });
      say(`${bar.dataset.found} ${new Date(old.at).toLocaleString("vi-VN")}. `, take, " ", drop);
    }
    for (const name of ["input", "change"]) form.addEventListener(name, soon);
    for (const one of Object.values(window.CKEDITOR?.instances ?? {})) one.on("change", soon);
    form.addEventListener("submit", ({ submitter }) => {
      clearTimeout(timer);
      if (!submitter?.formTarget) store({ sent: true });
    });
    addEventListener("pagehide", () => timer && look());
  };
  addEventListener("load", () => {
    const late = Object.values(window.CKEDITOR?.instances ?? {}).filter((one) => one.status !== "ready");
    Promise.all(late.map((one) => new Promise((done) => one.on("instanceReady", done)))).then(begin);
  });
})();
