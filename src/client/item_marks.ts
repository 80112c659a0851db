/** Byte offsets found within one item while it was scanned; -1 where there is nothing. */
export class ItemMarks {
  cellsStart = -1;
  cellsEnd = -1;
  objectStart = -1;
  objectEnd = -1;
  metadataStart = -1;
  metadataEnd = -1;
  cutStart = -1;
  cutEnd = -1;

  reset(): void {
    this.cellsStart =
      this.cellsEnd =
      this.objectStart =
      this.objectEnd =
        -1;
    this.metadataStart =
      this.metadataEnd =
      this.cutStart =
      this.cutEnd =
        -1;
  }

  /** Follows bytes that moved `by` to the front. */
  shift(by: number): void {
    if (this.cellsStart >= 0) this.cellsStart -= by;
    if (this.cellsEnd >= 0) this.cellsEnd -= by;
    if (this.objectStart >= 0) this.objectStart -= by;
    if (this.objectEnd >= 0) this.objectEnd -= by;
    if (this.metadataStart >= 0) this.metadataStart -= by;
    if (this.metadataEnd >= 0) this.metadataEnd -= by;
    if (this.cutStart >= 0) this.cutStart -= by;
    if (this.cutEnd >= 0) this.cutEnd -= by;
  }

  /** Closes the cut over what lay between its bounds: offsets behind it move forward, those within collapse. */
  closeCut(): void {
    this.cellsStart = this.#afterCut(this.cellsStart);
    this.cellsEnd = this.#afterCut(this.cellsEnd);
    this.objectStart = this.#afterCut(this.objectStart);
    this.objectEnd = this.#afterCut(this.objectEnd);
    this.metadataStart = this.#afterCut(this.metadataStart);
    this.metadataEnd = this.#afterCut(this.metadataEnd);
  }

  #afterCut(at: number): number {
    if (at <= this.cutStart) return at;
    return at >= this.cutEnd ? at - (this.cutEnd - this.cutStart) : this.cutStart;
  }
}
