/** The API, typed from its OpenAPI document: `api` for components (TanStack Query), `client` elsewhere. */
import createClient from "openapi-fetch";
import createHooks from "openapi-react-query";
import { send } from "../lib/send";
import type { paths } from "./schema";

export const client = createClient<paths>({ fetch: send });
export const api = createHooks(client);
