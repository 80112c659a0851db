/** Keys that move up and down in text, as less and vim have them. */

/** Rows that a chord moves by; null when it is another key. `page` is what a full page moves. */
export function verticalStep(chord: string, page: number): number | null {
  switch (chord) {
    case "j":
    case "down":
    case "enter":
      return 1;
    case "k":
    case "up":
      return -1;
    case "pagedown":
    case "space":
    case "ctrl+f":
      return page;
    case "pageup":
    case "ctrl+b":
      return -page;
    case "ctrl+d":
      return page >> 1;
    case "ctrl+u":
      return -(page >> 1);
    default:
      return null;
  }
}
