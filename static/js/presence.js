// Says to the portal that this form is open, and to the writer who else has it open.
(() => {
  "use strict";
  const notice = document.querySelector("[data-presence]");
  if (!notice) return;
  const { presence, writing, over } = notice.dataset;
  const body = () =>
    new URLSearchParams({ csrfmiddlewaretoken: notice.closest("form").elements.csrfmiddlewaretoken.value });

  const ping = async () => {
    const answer = await fetch(presence, { method: "POST", body: body() }).catch(() => null);
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
