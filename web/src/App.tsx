import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Route, Switch } from "wouter";
import { Keys } from "./keys/Keys";
import { cssVariables, styleNonce, theme } from "./look/theme";
import { PrefsContext, useStoredPrefs } from "./prefs";
import { later } from "./screens/later";
import { SCREENS } from "./screens/list";
import { PAGES } from "./screens/pages";
import { Blank, useBlanked } from "./shell/Blank";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";

const { Component: Rows } = later(() => import("./screens/behind/Rows"));
const { Component: Findings } = later(() => import("./screens/behind/Findings"));
const { Component: End } = later(() => import("./screens/behind/End"));
const { Component: Tables } = later(() => import("./screens/tables"));
const Gallery = __GALLERY__ ? later(() => import("./gallery/Gallery")).Component : null;

/** Everything that is around the screens, from the outside in. */
export function App({ queries }: { queries: QueryClient }) {
  const prefs = useStoredPrefs();
  const { language } = prefs;
  const asked = useRef(language);
  useEffect(() => {
    document.documentElement.lang = language;
    if (asked.current === language) return;
    asked.current = language;
    // What the server says is in the language it was asked in.
    void queries.invalidateQueries();
  }, [language, queries]);

  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <PrefsContext value={prefs}>
          <Keys>
            <Unblanked />
          </Keys>
        </PrefsContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The program, or nothing of it. */
function Unblanked() {
  if (useBlanked()) return <Blank />;
  return (
    <Shell>
      <Switch>
        {SCREENS.map(({ id, path }) => (
          <Route key={id} path={path} component={PAGES[id].Component} />
        ))}
        {/* What stands behind a number of a screen. */}
        <Route path="/rows" component={Rows} />
        <Route path="/findings" component={Findings} />
        <Route path="/end" component={End} />
        <Route path="/tables" component={Tables} />
        <Route path="/tables/:name" component={Tables} />
        {Gallery ? <Route path="/dev" component={Gallery} /> : null}
        <Route component={NotFound} />
      </Switch>
    </Shell>
  );
}
