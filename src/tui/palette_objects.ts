/**
 * Objects among the palette's suggestions: those of the namespace that one is in, of kinds that were looked at in this
 * session, so that typing a command lists nothing that was not listed before.
 */
import type { Engine, SearchHit, SearchUpdate, SearchView } from "../engine/protocol.ts";
import { groupResource, type Resource } from "../kube/mod.ts";
import type { Suggestion } from "./suggestions.ts";

/** Where the palette searches. */
export interface PaletteScope {
  readonly engine: Engine | null;
  /** Kinds looked at so far. */
  readonly kinds: readonly Resource[];
  /** null: all. */
  readonly namespace: string | null;
}

const MOST_OBJECTS = 5;
/** Of a shorter text nearly every object has the letters. */
const FEWEST_LETTERS = 2;

export class PaletteObjects {
  readonly #onChange: () => void;
  #view: SearchView | null = null;
  #scope: PaletteScope | null = null;
  #text = "";
  #generation = 0;
  #update: SearchUpdate | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What is known for the text now; asks, and tells `onChange` when more is known. */
  suggestions(text: string, scope: PaletteScope): readonly Suggestion[] {
    const wanted = text.trim();
    if (!/^[\w.-]+$/.test(wanted) || wanted.length < FEWEST_LETTERS || scope.kinds.length === 0) return [];
    this.#ask(wanted, scope);
    if (this.#text !== wanted || this.#update === null || this.#update.generation < this.#generation) {
      return [];
    }
    return this.#update.hits.map(suggestionOf);
  }

  close(): void {
    this.#view?.close();
    this.#view = null;
    this.#scope = null;
    this.#update = null;
    this.#text = "";
  }

  #ask(text: string, scope: PaletteScope): void {
    if (scope.engine === null) return this.close();
    if (this.#scope?.engine !== scope.engine || this.#scope.namespace !== scope.namespace) this.close();
    this.#scope = scope;
    if (text === this.#text) return;
    this.#text = text;
    const query = scope.namespace === null ? text : `ns:${scope.namespace} ${text}`;
    if (this.#view !== null) {
      this.#generation = this.#view.setQuery(query);
      return;
    }
    this.#generation = 0;
    const kinds = scope.kinds.map(({ plural, version, group }) => `${plural}.${version}.${group}`);
    const options = { limit: MOST_OBJECTS, kinds, once: true };
    this.#view = scope.engine.openSearch(query, options, (update) => {
      if (this.#view === null) return;
      this.#update = update;
      this.#onChange();
    });
  }
}

function suggestionOf({ resource, namespace, name, marks }: SearchHit): Suggestion {
  const line = `${groupResource(resource)}/${name}${namespace === "" ? "" : ` ${namespace}`}`;
  const detail = namespace === "" ? resource.singular : `${resource.singular} · ${namespace}`;
  return { line, label: name, detail, matches: marks.name };
}
