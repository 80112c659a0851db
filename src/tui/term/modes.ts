/**
 * The modes a session switches on and off. Alternate screen 1049; autowrap off 7, so that a glyph of unexpected
 * width can't scroll; bracketed paste 2004; mouse 1000, 1002, 1006; focus 1004; modifyOtherKeys 1; kitty keys 1.
 * Terminals ignore those that they don't know. Source: xterm's ctlseqs, kitty's keyboard protocol.
 */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?1004h" +
  "\x1b[>4;1m\x1b[>1u";

/** The reverse of ENTER, in the reverse order; also ends an update that was cut and a scroll region. */
export const LEAVE =
  "\x1b[?2026l\x1b[?2031l\x1b[<u\x1b[>4;0m\x1b[?1004l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l" +
  "\x1b[?7h\x1b[r\x1b[0m\x1b[?25h\x1b[?1049l";

/** What a remote program may have left behind when its connection broke: any-motion mouse 1003, application keys. */
export const AFTER_REMOTE = LEAVE + "\x1b[?1003l\x1b[?1l\x1b>";
