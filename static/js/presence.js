// Says to the portal that this form is open, and to the writer who else has it open.
(() => {
  "use strict";
  const notice = document.querySelector("[data-presence]");
  if (!notice) return;
  const { presence, writing, over } = notice.dataset;
  let touched = true; // since it was last said; where nobody touches the form the session ends like any other
  const touch = () => (touched = true);
  for (const kind of ["keydown", "input", "pointerdown"]) addEventListener(kind, touch, { passive: true });
  addEventListener("load", () => Object.values(window.CKEDITOR?.instances ?? {}).forEach((one) => one.on("change", touch)));
  const body = () =>
    new URLSearchParams({ csrfmiddlewaretoken: notice.closest("form").elements.csrfmiddlewaretoken.value });

  const ping = async () => {
    const headers = touched ? {} : { "X-Unattended": "1" };
    touched = false;
    const answer = await fetch(presence, { method: "POST", body: body(), headers }).catch(() => null);
    if (!answer) return;
    const isOver = answer.redirected; // to the login
    const others = answer.ok && !isOver ? (await answer.json()).others : "";
    notice.textContent = isOver ? over : `${others} ${writing}`;
    notice.hidden = !others && !isOver;
  };
  ping();
  setInterval(ping, 30_000);

  addEventListener("pagehide", () => {
    const last = body();
    last.set("closed", "1");
    navigator.sendBeacon(presence, last);
  });
})();
