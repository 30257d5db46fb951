/** The chapters of the menu, in its order, as `infra/web/words` names them. */

import { chapters } from "../generated/chapters.json";

export const CHAPTERS = chapters;

export type Chapter = keyof typeof CHAPTERS;
