import assert from "node:assert/strict";
import { byLengthAsc, Fzf } from "fzf";
import { seededRandom } from "../../base/mod.ts";
import type { TextTerm, WordMatch } from "../query.ts";
import { matchText } from "./match_text.ts";
import { TextIndex } from "./text_index.ts";

/** Texts by document; a document that is gone has none. */
class Texts {
  readonly all: (string | null)[] = [];
  readonly index: TextIndex;

  constructor(options: { maxPostings?: number } = {}) {
    const text = (document: number) => this.all[document]!;
    const nameAt = (document: number) => nameStart(text(document));
    this.index = new TextIndex({ text, nameAt, tie: () => "" }, options);
  }

  add(text: string): void {
    this.index.add(this.all.push(text) - 1);
  }

  remove(document: number): void {
    this.index.remove(document);
    this.all[document] = null;
  }

  get living(): number[] {
    return this.all.flatMap((text, document) => text === null ? [] : [document]);
  }

  settle(): void {
    for (const _ of this.index.settle());
  }

  find(terms: readonly TextTerm[], limit = 50) {
    this.settle();
    return this.index.search(terms, { limit });
  }
}

function nameStart(text: string): number {
  return Math.max(text.lastIndexOf("/"), text.indexOf(" ")) + 1;
}

function word(text: string, match: WordMatch = "fuzzy", negated = false): TextTerm {
  return { type: "text", negated, match, text };
}

const WORDS = "api web payments cart db cache auth gateway proxy worker queue x1 v2 prod shop kube system dns"
  .split(" ");

/** Names as clusters have them: workloads, hashes, ordinals, a few odd ones. */
function corpus(random: () => number, count: number): string[] {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const hash = (length: number) =>
    Array.from({ length }, () => pick([..."bcdfghjklmnpqrstvwxz2456789"])).join("");
  const texts = new Set<string>();
  while (texts.size < count) {
    const kind = pick(["Pod", "Pod", "Pod", "ReplicaSet", "Deployment", "ConfigMap", "Node"]);
    const name = `${pick(WORDS)}-${pick(WORDS)}-${random() < 0.5 ? hash(9) : pick(WORDS)}-${hash(5)}`;
    const odd = random();
    if (odd < 0.01) texts.add(`${kind} ${pick(WORDS)}/${name}{ü}`);
    else if (odd < 0.02) texts.add(`${kind} ${pick(WORDS)}/${name.repeat(12)}`);
    else texts.add(kind === "Node" ? `Node ${name}` : `${kind} ${pick(WORDS)}/${name}`);
  }
  return [...texts];
}

function queries(random: () => number, texts: readonly string[], count: number): string[] {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789-/";
  return Array.from({ length: count }, () => {
    const how = random();
    const text = texts[Math.floor(random() * texts.length)]!.toLowerCase().replaceAll(" ", "");
    const length = 1 + Math.floor(random() * 8);
    if (how < 0.4) return text.slice(nameStart(text)).slice(0, length);
    if (how < 0.6) return text.split(/[-/]/).map((part) => part.slice(0, 2)).join("").slice(0, length);
    if (how < 0.7) return text.slice(Math.floor(random() * text.length / 2)).slice(0, 40);
    if (how < 0.9) return [...text].filter(() => random() < 0.25).join("").slice(0, length) || "a";
    return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join("");
  });
}

Deno.test("property: the same 50 first hits as npm's fzf, scores and order included", () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    // npm's fzf is asked of letters that both know; odd ones are held against the plain scorer below.
    const all = corpus(random, 4000).filter((text) => text.length < 255 && !text.includes("{")).sort();
    const texts = new Texts();
    for (const text of all) texts.add(text);
    const reference = new Fzf(all, {
      fuzzy: "v2",
      casing: "case-insensitive",
      normalize: false,
      limit: 50,
      tiebreakers: [byLengthAsc],
    });
    for (const query of queries(random, all, 120)) {
      const want = reference.find(query).map(({ item, score }) => `${score} ${item}`);
      const got = texts.find([word(query)]).hits.map((hit) => `${hit.score} ${texts.all[hit.document]}`);
      assert.deepEqual(got, want, `seed ${seed}: "${query}"`);
    }
  }
});

/** What a scan of every text finds, best first. */
function scan(texts: Texts, terms: readonly TextTerm[]): { readonly score: number; readonly text: string }[] {
  const hits = texts.living.flatMap((document) => {
    const text = texts.all[document]!;
    const found = matchText(terms, { text, name: nameStart(text) });
    return found === null ? [] : [{ score: found.score, text }];
  });
  const ranks = terms.some(({ negated }) => !negated);
  return hits.sort((a, b) =>
    b.score - a.score || (ranks ? a.text.length - b.text.length : 0) || (a.text < b.text ? -1 : 1)
  );
}

function randomTerms(random: () => number, texts: Texts): TextTerm[] {
  const living = texts.living.map((document) => texts.all[document]!);
  const words = queries(random, living, 1 + Math.floor(random() * 3));
  const matches: readonly WordMatch[] = ["fuzzy", "fuzzy", "fuzzy", "exact", "prefix", "suffix", "equal"];
  const terms = words.map((text) => {
    const match = matches[Math.floor(random() * matches.length)]!;
    return word(text.slice(0, match === "fuzzy" ? 60 : 3), match, random() < 0.15);
  });
  return random() < 0.05 ? [] : terms;
}

function compare(texts: Texts, terms: readonly TextTerm[], where: string): void {
  const want = scan(texts, terms);
  for (const limit of [1, 10, 50]) {
    const found = texts.find(terms, limit);
    const got = found.hits.map(({ document, score }) => ({ score, text: texts.all[document]! }));
    assert.deepEqual(got, want.slice(0, limit), `${where}, limit ${limit}: ${JSON.stringify(terms)}`);
    if (found.atLeast) assert.ok(found.matched <= want.length && found.matched >= limit, where);
    else assert.equal(found.matched, want.length, where);
  }
}

for (const maxPostings of [Infinity, 20, 3]) {
  Deno.test(`property: a plain scan finds the same after any history, with ${maxPostings} postings a key`, () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed);
      const texts = new Texts({ maxPostings });
      const fresh = corpus(random, 1200);
      for (let round = 0; round < 8; round++) {
        for (let i = Math.floor(random() * 200); i >= 0 && fresh.length > 0; i--) texts.add(fresh.pop()!);
        const { living } = texts;
        for (let i = Math.floor(random() * 120); i > 0; i--) {
          const document = living[Math.floor(random() * living.length)]!;
          if (texts.all[document] !== null) texts.remove(document);
        }
        if (texts.living.length === 0) continue;
        const where = `seed ${seed}, round ${round}`;
        compare(texts, randomTerms(random, texts), where);
        compare(texts, randomTerms(random, texts), where);
        assert.equal(texts.index.size, texts.living.length, where);
      }
      if (maxPostings === 3) assert.ok(texts.index.cutKeys > 0, "nothing was cut: the test sees nothing");
    }
  });
}

Deno.test("property: a plain scan finds the same of words that begin in the middle of a kind", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const texts = new Texts();
    for (const text of corpus(seededRandom(seed), 1500)) texts.add(text.replace("Pod ", "PodMap "));
    for (const query of ["ma", "map", "se", "set", "seta", "gm", "gmap", "dm", "mapx", "ap", "s1"]) {
      compare(texts, [word(query)], `seed ${seed}`);
    }
  }
});

Deno.test("property: the same hits whatever the order of arrival, candidates cut or not", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = seededRandom(seed);
    const all = corpus(random, 600);
    const answers = [0, 1, 2].map((shuffle) => {
      const texts = new Texts();
      const order = shuffle === 0 ? all : all.toSorted(() => random() - 0.5);
      order.forEach((text, i) => {
        texts.add(text);
        if (shuffle === 2 && i % 37 === 0) texts.settle();
      });
      return queries(seededRandom(seed), all, 20).flatMap((query) => {
        texts.settle();
        return [undefined, 40].map((maxCandidates) => {
          const { hits, leftOut } = texts.index.search([word(query)], { limit: 20, maxCandidates });
          return [query, leftOut, ...hits.map((hit) => texts.all[hit.document])];
        });
      });
    });
    assert.deepEqual(answers[1], answers[0], `seed ${seed}`);
    assert.deepEqual(answers[2], answers[0], `seed ${seed}`);
  }
});

Deno.test("what goes while a segment is made is not found", () => {
  const texts = new Texts();
  for (const text of corpus(seededRandom(1), 100).filter((text) => text.length < 200)) texts.add(text);
  const work = texts.index.settle();
  work.next();
  texts.remove(3);
  texts.add("Pod shop/late");
  while (!work.next().done);
  assert.ok(texts.index.isUnsettled);
  assert.deepEqual(texts.index.search([word("late", "prefix")], { limit: 5 }).hits, []);
  compare(texts, [word("a")], "after it");
});

Deno.test("postings that are cut leave their neighbours' alone", () => {
  const texts = new Texts({ maxPostings: 4 });
  // aab's follow aac's in the order of texts, and come before it in that of keys.
  for (let i = 0; i < 30; i++) texts.add(`Pod n/aab-${i}`);
  texts.add("Pod m/aac-0");
  const { hits } = texts.find([word("aac")], 1);
  assert.deepEqual(hits.map(({ document }) => texts.all[document]), ["Pod m/aac-0"]);
});

Deno.test("segments stay few, and what is deleted is given up", () => {
  const texts = new Texts();
  corpus(seededRandom(2), 3000).forEach((text, i) => {
    texts.add(text);
    if (i % 10 === 0) texts.settle();
  });
  texts.settle();
  assert.ok(texts.index.segments <= 12, `${texts.index.segments} segments`);
  const before = texts.index.bytesHeld;
  for (const document of texts.living.slice(10)) texts.remove(document);
  texts.add("Pod shop/one-more");
  texts.settle();
  assert.ok(texts.index.bytesHeld < before / 4, `${texts.index.bytesHeld} of ${before}`);
});
