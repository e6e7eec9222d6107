/** Who the page is for the server. */
import type { Session } from "../client/schema";
import { store } from "./store";

export const session = store<Session | null>(null);

/** Whether the sign-in dialog is to be shown: an answer was 401, or the person asked for it. */
export const signInWanted = store(false);
