/**
 * `e`: the object in the person's editor, checked, tried on the server, shown as a diff, and sent after their yes.
 * Every decision between is `EditSession`'s; this shows its steps and asks. Typed text that was not sent stays in a
 * file whose path is told.
 */

import { pathText, readObject } from "../../apply/mod.ts";
import type { Clock } from "../../base/mod.ts";
import { EditFile, EditSession, type EditStep, liveSource, type PlannedEdit } from "../../change/mod.ts";
import { groupResource } from "../../kube/mod.ts";
import { createValidator, type Validator } from "../../schema/mod.ts";
import { askForm } from "../ask_form.ts";
import { objectsCommand } from "../command_line.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { CANCEL, type StyledLine } from "../widgets/mod.ts";
import { messageOf, performOne } from "./change_form.ts";
import { reviewChange } from "./review.ts";

/** How one text ended. */
type Ended =
  | { readonly type: "sent" }
  | { readonly type: "given up" }
  | { readonly type: "edit"; readonly text: string };

const LATE: StyledLine = [{ text: "Not sent yet: the object has changed since it was read", token: "warn" }];

const GIVEN_UP: Ended = { type: "given up" };

export async function editObject(host: PaneHost, target: TargetObject): Promise<void> {
  const { engine } = host;
  if (engine === null) return host.notify("No connection: nothing can be edited", "warn");
  const object = await readObject(engine.client, target);
  if (object === null) return host.notify(`${nameOf(target)} is gone`, "warn");
  const memory = await host.memory();
  using validator = validatorOf(host.clock);
  const { resource, namespace, name } = target;
  const session = new EditSession({
    client: engine.client,
    source: liveSource([{ target: { resource, namespace, name }, object }]),
    validator,
    schemas: memory.schemas,
    freshness: host.freshness,
  });
  await new ObjectEdit(host, session, target).run();
}

function validatorOf(clock: Clock): Validator {
  return createValidator({ clock });
}

class ObjectEdit {
  readonly #host: PaneHost;
  readonly #session: EditSession;
  /** Fields of others, after the person's word: the command line says so. */
  #takesOver = false;
  readonly #target: TargetObject;
  /** A yes came too late for what it was given to. */
  #isLate = false;

  constructor(host: PaneHost, session: EditSession, target: TargetObject) {
    this.#host = host;
    this.#session = session;
    this.#target = target;
  }

  async run(): Promise<void> {
    const file = await EditFile.create(`${this.#target.name}.yaml`, this.#session.text);
    let isSent = false;
    this.#host.unsent.add(file.path);
    try {
      for (;;) {
        await this.#host.editFile(file.path);
        const ended = await this.#read(await file.read());
        isSent = ended.type === "sent";
        if (ended.type !== "edit") return;
        await file.replace(ended.text);
      }
    } catch (error) {
      this.#host.notify(messageOf(error), "error");
    } finally {
      await this.#close(file, isSent);
    }
  }

  /** What was typed and not sent is told last, so that it is what stays on the screen. */
  async #close(file: EditFile, isSent: boolean): Promise<void> {
    const kept = isSent ? null : await file.close();
    if (isSent) await file.discard();
    if (kept === null) return void this.#host.unsent.delete(file.path);
    this.#host.notify("Edit given up: nothing was changed", "info");
    await askForm(this.#host, {
      title: "Nothing was changed",
      lines: ["What you typed is kept in", [{ text: kept, token: "accent" }]],
      answers: [{ id: "ok", label: "OK", key: "y" }],
    });
    this.#host.unsent.delete(file.path);
  }

  async #read(text: string): Promise<Ended> {
    this.#host.notify(`Checking the edit of ${nameOf(this.#target)} …`, "info");
    this.#takesOver = false;
    let step = await this.#session.read(text);
    // the checks run in a Worker that loads its own code
    this.#host.repaint();
    for (;;) {
      const next = await this.#do(step);
      if (next.type === "sent" || next.type === "given up" || next.type === "edit") return next;
      step = next.step;
    }
  }

  async #do(step: EditStep): Promise<Ended | { readonly type: "step"; readonly step: EditStep }> {
    switch (step.type) {
      case "unchanged":
        this.#host.notify("Edit cancelled: nothing was changed", "info");
        return GIVEN_UP;
      case "gone":
        this.#host.notify(`${nameOf(this.#target)} was deleted meanwhile`, "warn");
        return GIVEN_UP;
      case "again":
        return await this.#again(step);
      case "conflict":
        return await this.#conflict(step);
      case "ready":
        return await this.#ready(step);
    }
  }

  async #again({ reasons, text }: Extract<EditStep, { type: "again" }>): Promise<Ended> {
    this.#host.notify(`The edit of ${nameOf(this.#target)} can't be sent as it is`, "warn");
    const answer = await askForm(this.#host, {
      title: "This can't be sent",
      lines: reasons,
      tone: "warn",
      answers: [{ id: "edit", label: "Edit again", key: "e" }, { id: CANCEL, label: "Give up", key: "n" }],
    });
    return answer === null ? GIVEN_UP : { type: "edit", text };
  }

  async #conflict(step: Extract<EditStep, { type: "conflict" }>) {
    const lines = step.conflicts.map(({ field, manager }): StyledLine => [
      { text: field, token: "warn" },
      { text: `  is set by ${manager}` },
    ]);
    this.#host.notify(`The edit of ${nameOf(this.#target)} is in conflict with others`, "warn");
    const answer = await askForm(this.#host, {
      title: "Others own fields that the edit sets",
      lines,
      tone: "warn",
      answers: [
        { id: "edit", label: "Edit again", key: "e" },
        { id: "drop", label: "Drop these", key: "d" },
        { id: "take", label: "Take over", key: "t", isDangerous: true },
        { id: CANCEL, label: "Give up", key: "n" },
      ],
    });
    if (answer === null) return GIVEN_UP;
    if (answer.id === "edit") return { type: "edit", text: step.text } as const;
    this.#takesOver = answer.id === "take";
    const next = this.#takesOver ? this.#session.takeOver() : this.#session.dropFields();
    return { type: "step", step: await next } as const;
  }

  async #ready({ edits, warnings }: Extract<EditStep, { type: "ready" }>) {
    const [edit] = edits;
    if (edit === undefined) return GIVEN_UP;
    const isLate = this.#isLate;
    this.#isLate = false;
    const answer = await reviewChange(this.#host, {
      title: `Apply the edit of ${nameOf(this.#target)}?`,
      outcome: edit.outcome,
      notes: [
        ...(isLate ? [LATE] : []),
        ...removedLines(edit),
        ...warnings.map((text): StyledLine => [{ text, token: "warn" }]),
        [{ text: `$ ${this.#command}`, token: "dim" }],
      ],
      answers: [{ id: "apply", key: "y", label: "apply" }, { id: "edit", key: "e", label: "edit again" }],
    });
    if (answer === "edit") return { type: "edit", text: this.#session.text } as const;
    if (answer === null || !await this.#isMeant()) return GIVEN_UP;
    const anew = await this.#session.refreshed();
    if (anew === null) return await this.#send(edit);
    this.#isLate = true;
    return { type: "step", step: anew } as const;
  }

  get #command(): string {
    const verb = this.#takesOver ? "edit --force-conflicts" : "edit";
    const plain = objectsCommand(verb, [this.#target], { context: this.#host.namedContext });
    return this.#host.commandLine(plain);
  }

  /** In a protected context the name has to be typed. */
  async #isMeant(): Promise<boolean> {
    const { name } = this.#target;
    if (this.#host.readOnly) {
      this.#host.notify("The session is read-only (:write allows changes)", "warn");
      return false;
    }
    if (!this.#host.isProtected) return true;
    const check = (text: string) => text === name ? "" : `type ${name} to go on`;
    const answer = await askForm(this.#host, {
      title: `Apply the edit of ${name}`,
      lines: ["This context is protected."],
      fields: [{ type: "text", id: "name", label: "name", check }],
      answers: [{ id: CANCEL, label: "Cancel" }, { id: "do", label: "Apply" }],
    });
    return answer !== null;
  }

  async #send(edit: PlannedEdit) {
    try {
      await performOne(this.#host, edit.change);
    } catch (error) {
      return { type: "step", step: await this.#session.failed(error, edit) } as const;
    }
    this.#host.notify(`${nameOf(this.#target)} edited (:undo takes it back)`, "ok");
    return { type: "sent" } as const;
  }
}

/** Whose fields the edit takes out. */
function removedLines({ removed }: PlannedEdit): readonly StyledLine[] {
  return removed.flatMap(({ path, owners }): StyledLine[] => {
    const names = [...new Set(owners.map(({ manager }) => manager))].join(", ");
    return names === "" ? [] : [[{ text: `takes out ${pathText(path)}, which ${names} set`, token: "warn" }]];
  });
}

function nameOf({ resource, name }: TargetObject): string {
  return `${groupResource(resource)}/${name}`;
}
