import { LEADS, OVERVIEW } from "./api/asked";
import { newQueryClient } from "./api/query";
import { SESSION } from "./api/session";
import { SCREENS } from "./screens/list";

/** What the server was asked and has answered. */
export const queries = newQueryClient();

const isFirst = SCREENS.find((screen) => screen.id === "operation")?.path === location.pathname;

/** What the first screen shows, once it is there. It is asked for while the program that draws it is still evaluated. */
export const asked = Promise.all([queries.prefetchQuery(SESSION), ...(isFirst ? [queries.prefetchQuery(OVERVIEW), queries.prefetchQuery(LEADS)] : [])]);
