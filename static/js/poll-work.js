// The proof of work: looks for a number that gives SHA-256(challenge + ":" + number) enough zero bits at its beginning.
"use strict";
onmessage = async ({ data: { challenge, bits } }) => {
  const bytes = new TextEncoder();
  for (let number = 0; ; number++) {
    const proof = `${challenge}:${number}`;
    const hash = new DataView(await crypto.subtle.digest("SHA-256", bytes.encode(proof)));
    if (hash.getUint32(0) >>> (32 - bits) === 0) return postMessage(proof);
  }
};
