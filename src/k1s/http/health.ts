/** `/livez`, `/readyz`, `/healthz`: a server that answers is well. */
import { answerPlain } from "./answer.ts";

/** The answer to a health path, or undefined for any other. */
export function healthAnswer(path: string): Response | undefined {
  return /^\/(livez|readyz|healthz)(\/(ping|etcd|log))?\/?$/.test(path) ? answerPlain("ok") : undefined;
}
