/** `set image`, `set resources`, `set serviceaccount`. */
import { OrkaError } from "../../base/mod.ts";
import { planSetImage, planSetResources, planSetServiceAccount } from "../../ops/mod.ts";
import type { FlagValues } from "../parse.ts";
import { containersOf, cut, type Given, type Setting, setting } from "./setting.ts";

/** Throws OrkaError `usage`, in kubectl's words, as all of these. */
export function imageSetting({ pairs }: Given): Setting {
  if (pairs.length === 0) {
    throw new OrkaError("usage", "at least one image update is required", { hint: "As web=nginx:1.29." });
  }
  const images = Object.fromEntries(pairs.flatMap((pair) => {
    const [name, image] = cut(pair);
    return name.split(",").map((each) => [each, image] as const);
  }));
  const empty = Object.entries(images).find(([name, image]) => name === "" || image === "");
  if (empty !== undefined) {
    throw new OrkaError("usage", `all images must be of the form CONTAINER=IMAGE: ${empty.join("=")}`);
  }
  return setting("image updated", planSetImage, { images });
}

export function resourcesSetting({ flags }: Given): Setting {
  const limits = amounts(flags, "limits");
  const requests = amounts(flags, "requests");
  if (limits === undefined && requests === undefined) {
    throw new OrkaError(
      "usage",
      "you must specify an update to requests or limits (in the form of --requests/--limits)",
    );
  }
  const options = { limits, requests, containers: containersOf(flags) };
  return setting("resource requirements updated", planSetResources, options);
}

function amounts(flags: FlagValues, name: string): Record<string, string> | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const pairs = text.split(",").map(cut);
  if (pairs.every(([key, value]) => key !== "" && value !== "")) return Object.fromEntries(pairs);
  throw new OrkaError(
    "usage",
    `invalid argument syntax "${text}" for "--${name}", expected <resource>=<value>`,
  );
}

export function serviceAccountSetting(name: string | undefined): Setting {
  if (name === undefined || name === "") {
    throw new OrkaError("usage", "serviceaccount is required", {
      hint: "As orka set serviceaccount deploy/web NAME.",
    });
  }
  return setting("serviceaccount updated", planSetServiceAccount, { name });
}
