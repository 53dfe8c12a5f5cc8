import "@mantine/core/styles.layer.css";
import "./look/tokens.css";
import "./look/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { newQueryClient } from "./api/query";
import { SESSION } from "./api/session";
import { beginWith } from "./screens/pages";
import { startWords } from "./words";

startWords();
const queries = newQueryClient();
void queries.prefetchQuery(SESSION);
beginWith(location.pathname, queries);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element root");
createRoot(root).render(
  <StrictMode>
    <App queries={queries} />
  </StrictMode>,
);
