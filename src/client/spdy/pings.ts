/** The ids of a client's pings: odd ones, which the server sends back as they are. */
export class Pings {
  #last = -1;

  next(): number {
    this.#last = (this.#last + 2) & 0x7fffffff;
    return this.#last;
  }
}
