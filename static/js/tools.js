// The reader's tools that only a script can offer; the others are links.
(() => {
  "use strict";
  const copy = document.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    const words = copy.lastElementChild;
    const before = words.textContent;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(copy.dataset.copy);
      } catch {
        return prompt(before, copy.dataset.copy); // a browser that forbids it: by hand, then
      }
      words.textContent = copy.dataset.done;
      setTimeout(() => (words.textContent = before), 3000);
    });
  }

  // On paper stands the minute, too: of the portal's clock, wherever the reader is.
  const language = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";
  addEventListener("beforeprint", () => {
    const at = new Date().toLocaleString(language, { timeZone: "Asia/Ho_Chi_Minh" });
    for (const now of document.querySelectorAll("[data-now]")) now.textContent = at;
  });

  // Read aloud by a Vietnamese voice of the browser itself. Voices that a server speaks are left out: the text
  // stays here. Android writes vi_VN.
  const speak = document.querySelector("[data-speak]");
  const speech = window.speechSynthesis;
  if (!speak || !speech) return;
  const label = speak.lastElementChild;
  const start = label.textContent;
  const voice = () => speech.getVoices().find((one) => /^vi([-_]|$)/i.test(one.lang) && one.localService);
  const offer = () => (speak.hidden = !voice());
  const stop = () => {
    speech.cancel();
    label.textContent = start;
  };
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
  speak.addEventListener("click", () => {
    if (label.textContent !== start) return stop();
    const parts = [...document.querySelectorAll(`h1, ${speak.dataset.speak} :is(p, h2, h3, li, caption, td, th)`)]
      .filter((part) => !part.closest(".no-print, .imprint") && !part.querySelector("p, li"))
      .map((part) => part.textContent.trim())
      .filter(Boolean);
    label.textContent = speak.dataset.stop;
    // One by one: long texts fall silent after a while in some browsers.
    parts.forEach((part, n) => {
      const said = new SpeechSynthesisUtterance(part);
      said.lang = "vi-VN";
      said.voice = voice();
      if (n === parts.length - 1) said.onend = stop;
      speech.speak(said);
    });
  });
})();
