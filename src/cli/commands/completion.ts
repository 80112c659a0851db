import { EXIT, OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import type { Command } from "../verbs.ts";

/** Shells that a script exists for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/**
 * The scripts ask `orka __complete WORD…` for proposals: one a line, `word<TAB>description`, then a last
 * line `:directive` - 0: words; 1: no space after the word; 2: file names.
 */
const SCRIPTS: Readonly<Record<string, (program: string) => string>> = {
  bash: (program) =>
    `# bash completion for ${program}
__${program}_complete() {
  local line="" cur words cword out directive
  # Redo readline's split: it breaks words at ":" and "=", orka does not.
  line="\${COMP_LINE:0:COMP_POINT}"
  read -r -a words <<< "$line"
  cur="\${words[\${#words[@]}-1]}"
  if [[ "$line" == *[[:space:]] ]]; then words+=(""); cur=""; fi
  out="$("\${words[0]/#\\~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null)" || return
  directive="\${out##*:}"
  out="\${out%:*}"
  COMPREPLY=()
  local entry word count=0
  while IFS= read -r entry; do
    word="\${entry%%$'\\t'*}"
    if [[ -n "$word" && "$word" == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done <<< "$out"
  # What readline already holds of the word, up to its last break, must not be given again.
  local prefix="\${cur%"\${COMP_WORDS[COMP_CWORD]}"}"
  if [[ "\${COMP_WORDS[COMP_CWORD]}" == [:=] ]]; then prefix="$cur"; fi
  if [[ -n "$prefix" ]]; then COMPREPLY=("\${COMPREPLY[@]#"$prefix"}"); fi
  if [[ "$directive" == 1 ]]; then compopt -o nospace 2>/dev/null; fi
  if [[ "$directive" == 2 ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "\${cur#*=}")
  fi
}
complete -F __${program}_complete ${program}
`,
  zsh: (program) =>
    `#compdef ${program}
# zsh completion for ${program}
_${program}() {
  local out directive entry word about
  local -a lines plain
  local -a argv_now=("\${(@)words[2,CURRENT]}")
  out="$(\${words[1]} __complete "\${argv_now[@]}" 2>/dev/null)" || return 1
  lines=("\${(@f)out}")
  directive="\${lines[-1]#:}"
  lines=("\${(@)lines[1,-2]}")
  if [[ "$directive" == 2 ]]; then _files; return; fi
  for entry in "\${lines[@]}"; do
    word="\${entry%%$'\\t'*}"
    [[ -z "$word" ]] && continue
    about=""
    [[ "$entry" == *$'\\t'* ]] && about="\${entry#*$'\\t'}"
    word="\${word//:/\\\\:}"
    plain+=("\${word}\${about:+:$about}")
  done
  if [[ "$directive" == 1 ]]; then _describe -V '${program}' plain -S ''
  else _describe -V '${program}' plain; fi
}
if [[ "\${funcstack[1]}" == "_${program}" ]]; then _${program} "$@"; else compdef _${program} ${program}; fi
`,
  fish: (program) =>
    `# fish completion for ${program}
function __${program}_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($tokens[1] __complete $tokens[2..-1] "$current" 2>/dev/null)
    or return
    set -l directive $lines[-1]
    set -e lines[-1]
    if test "$directive" = ":2"
        __fish_complete_path "$current"
        return
    end
    printf '%s\\n' $lines
end
complete -c ${program} -f -a '(__${program}_complete)'
`,
};

/** `orka completion bash|zsh|fish`. */
export const command: Command = async (io, { args }) => {
  const shell = args[0] ?? "";
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined || args.length > 1) {
    const near = nearMiss(shell, SHELLS);
    throw new OrkaError(
      "usage",
      shell === "" ? "Shell not specified." : `Unsupported shell type "${shell}".`,
      {
        hint: `${near === undefined ? "" : `Did you mean "${near}"? `}One of: ${SHELLS.join(", ")}.`,
      },
    );
  }
  await io.stdout.write(script(io.program));
  return EXIT.ok;
};
