// The proof of work: looks for a number that gives SHA-256(challenge + ":" + number) enough zero bits at its beginning.
// SHA-256 (FIPS 180-4) is written out: browsers lend theirs to https only, and each wait for it costs more than a hash.
"use strict";
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (x) => ((x % 1) * 2 ** 32) | 0;
const START = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
const ROUND = primes.map((p) => fraction(Math.cbrt(p)));
const turn = (x, n) => (x >>> n) | (x << (32 - n));
const w = new Int32Array(64);

const mix = (state, words, from) => {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    if (i < 16) w[i] = words[from + i];
    else {
      const x = w[i - 15];
      const y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((part, i) => (state[i] + part) | 0);
};

// The first 32 bits of the hash of a text in ASCII.
const hash = (text) => {
  const words = new Int32Array(16 * (((text.length + 8) >> 6) + 1));
  const put = (i, byte) => (words[i >> 2] |= byte << (24 - 8 * (i & 3)));
  for (let i = 0; i < text.length; i++) put(i, text.charCodeAt(i));
  put(text.length, 128);
  words[words.length - 1] = 8 * text.length;
  let state = START;
  for (let from = 0; from < words.length; from += 16) state = mix(state, words, from);
  return state[0];
};

onmessage = ({ data: { challenge, bits } }) => {
  for (let number = 0; ; number++) {
    const proof = `${challenge}:${number}`;
    if (hash(proof) >>> (32 - bits) === 0) return postMessage(proof);
  }
};
