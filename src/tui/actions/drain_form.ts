/** What a drain is asked with: the choices, and the plan that follows them. */
import type { DrainOptions, DrainPlan } from "../../ops/mod.ts";
import { openForm } from "../ask_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { CANCEL, type FormField, type FormValues, passChecks, type StyledLine } from "../widgets/mod.ts";
import { drainReason, FIELD_LABELS } from "./drain_words.ts";
import { opsCommand } from "./ops_command.ts";
import { clientOf } from "./workloads.ts";

const YES_NO = ["no", "yes"] as const;
const YES = ["yes", "no"] as const;
const TYPED = "name";

/** The plan under the fields, made anew with every choice. */
export class DrainForm {
  readonly #host: PaneHost;
  readonly #ops: Awaited<ReturnType<PaneHost["ops"]>>;
  readonly #object: TargetObject;
  #abort = new AbortController();

  constructor(host: PaneHost, ops: Awaited<ReturnType<PaneHost["ops"]>>, object: TargetObject) {
    this.#host = host;
    this.#ops = ops;
    this.#object = object;
  }

  /** null: the person gave up. */
  async ask(): Promise<FormValues | null> {
    const { name } = this.#object;
    const asked = openForm(this.#host, {
      title: `Drain Node ${name}`,
      lines: [[{ text: "looking at the node's pods …", token: "dim" }]],
      fields: this.#fields(),
      answers: [{ id: CANCEL, label: "Cancel" }, { id: "do", label: "Drain", isDangerous: true }],
      tone: "error",
      onChange: (values) => void this.#plan(asked.form, values),
    });
    void this.#plan(asked.form, asked.form.values);
    const answer = await asked.answer;
    this.#abort.abort();
    return answer?.values ?? null;
  }

  #fields(): readonly FormField[] {
    const { name } = this.#object;
    const typed: FormField = {
      type: "text",
      id: TYPED,
      label: "protected: type",
      check: (text) => text === name ? "" : `This context is protected: type ${name} to go on`,
    };
    return [...this.#choices(), ...(this.#host.isProtected ? [typed] : [])];
  }

  #choices(): readonly FormField[] {
    return [
      { type: "choice", id: "daemons", label: FIELD_LABELS.daemons, options: YES },
      { type: "choice", id: "empty", label: FIELD_LABELS.empty, options: YES_NO },
      { type: "choice", id: "force", label: FIELD_LABELS.force, options: YES_NO },
      {
        type: "text",
        id: "grace",
        label: "grace period, s",
        value: "",
        check: (text) => /^\d*$/.test(text) ? "" : "Seconds, or empty for each pod's own",
      },
    ];
  }

  async #plan(form: { lines: readonly (string | StyledLine)[] }, values: FormValues): Promise<void> {
    this.#abort.abort();
    const { signal } = this.#abort = new AbortController();
    try {
      const options = { ...drainOptions(values), nowMs: this.#host.clock.now(), signal };
      const plan = await this.#ops.planDrain(clientOf(this.#host), this.#object.name, options);
      if (signal.aborted) return;
      const choices = this.#choices();
      const command = passChecks(choices, values)
        ? [[], [{
          text: `$ ${this.#host.commandLine(drainCommand(this.#host, this.#object, values))}`,
          token: "dim",
        }]] as const
        : [];
      form.lines = [...planLines(plan), ...command];
    } catch (error) {
      if (signal.aborted) return;
      form.lines = [[{ text: `✗ ${(error as Error).message}`, token: "error" }]];
    }
    this.#host.invalidate();
  }
}

export function drainOptions({ daemons, empty, force }: FormValues): DrainOptions {
  return {
    ignoreDaemonSets: daemons === "yes",
    deleteEmptyDirData: empty === "yes",
    force: force === "yes",
  };
}

export function drainCommand(host: PaneHost, object: TargetObject, values: FormValues): string {
  const flags = [
    ...(values["daemons"] === "yes" ? ["--ignore-daemonsets"] : []),
    ...(values["empty"] === "yes" ? ["--delete-emptydir-data"] : []),
    ...(values["force"] === "yes" ? ["--force"] : []),
    ...(values["grace"] ? [`--grace-period=${values["grace"]}`] : []),
  ];
  return opsCommand(host, "drain", { objects: [object], flags }).replace("nodes/", "");
}

/** What goes, what stays, what stands in the way, which budgets hold it up. */
function planLines({ evict, skip, refuse, budgets }: DrainPlan): readonly StyledLine[] {
  const podLine =
    (token: "text" | "error" | "dim", sign: string) =>
    ({ namespace, name, reason }: DrainPlan["pods"][number]): StyledLine => [
      { text: `${sign} ${namespace}/${name}`, token },
      { text: reason === "" ? "" : `  ${drainReason(reason)}`, token: "dim" },
    ];
  const held = (budgets ?? []).filter(({ holds }) => holds !== "no").map(
    ({ namespace, name, rule, holds, allowed }): StyledLine => [{
      text: `⏸ budget ${namespace}/${name} (${rule}) ` +
        (holds === "now" ? "lets none of its pods go now" : `lets ${allowed} of its pods go at a time`),
      token: holds === "now" ? "error" : "warn",
    }],
  );
  return [
    [{
      text: `${evict.length} evicted, ${skip.length} left alone, ${refuse.length} in the way`,
      token: "title",
    }],
    ...refuse.map(podLine("error", "✗")),
    ...held,
    ...(budgets === null
      ? [[{ text: "budgets can't be read: some evictions may be refused", token: "warn" }] as const]
      : []),
    ...evict.map(podLine("text", "→")),
    ...skip.map(podLine("dim", "·")),
  ];
}
