// A text in TCVN3, VNI or misread UTF-8 is shown as it would be in Unicode; it is converted when the writer says so.
(() => {
  "use strict";
  const panel = document.querySelector("[data-old-code]");
  const form = panel?.closest("form");
  if (!form) return;
  // Letters that no text in Unicode Vietnamese is likely to hold; only then the portal is asked.
  const SUSPECT = /[¡-¯±´-ÿŒœŠšŸŽžƒ™‹›†‡‰]/;
  const VIETNAMESE = /[ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý]/g;
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const editor = (field) => window.CKEDITOR?.instances[field.id];
  const value = (field) => editor(field)?.getData() ?? field.value;
  const left = new Set(); // texts that the writer wants as they are
  let timer;

  const plain = (field) => editor(field)?.editable()?.getText() ?? field.value;

  async function ask(field) {
    const text = value(field), said = plain(field);
    if (left.has(text) || !SUSPECT.test(said.normalize("NFC").replace(VIETNAMESE, ""))) return false;
    const sent = new URLSearchParams({ text, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    if (editor(field)) sent.set("html", "1");
    const answer = await fetch(panel.dataset.oldCode, { method: "POST", body: sent }).then((r) => (r.ok ? r.json() : {}), () => ({}));
    if (!answer.code || value(field) !== text) return false;
    offer(field, text, said, answer);
    return true;
  }

  function offer(field, text, said, { code, text: converted, shown }) {
    part("field").textContent = form.querySelector(`label[for="${field.id}"]`).textContent.replace(/:\s*$/, "");
    part("code").textContent = code;
    part("before").textContent = said.trim();
    part("after").textContent = shown;
    part("take").onclick = () => {
      if (editor(field)) editor(field).setData(converted);
      else field.value = converted;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      look();
    };
    part("leave").onclick = () => {
      left.add(text);
      look();
    };
    panel.hidden = false;
  }

  async function look() {
    panel.hidden = true;
    for (const field of form.querySelectorAll("#id_title, #id_lead, #id_body")) if (await ask(field)) return;
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 1000);
  };

  addEventListener("load", () => {
    form.addEventListener("change", soon);
    form.addEventListener("paste", soon);
    for (const one of Object.values(window.CKEDITOR?.instances ?? {})) one.on("change", soon);
    window.CKEDITOR?.on("instanceReady", soon);
    soon();
  });
})();
