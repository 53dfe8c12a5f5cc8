import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { newQueryClient } from "./api/query";
import { Keys } from "./keys/Keys";
import { cssVariables, styleNonce, theme } from "./look/theme";
import { PrefsContext, useStoredPrefs } from "./prefs";
import { SCREENS } from "./screens/list";
import { PAGES } from "./screens/pages";
import { Blank, useBlanked } from "./shell/Blank";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";

const Rows = lazy(() => import("./screens/behind/Rows"));
const Findings = lazy(() => import("./screens/behind/Findings"));
const End = lazy(() => import("./screens/behind/End"));
const Tables = lazy(() => import("./screens/tables"));
const Gallery = __GALLERY__ ? lazy(() => import("./gallery/Gallery")) : null;

/** Everything that is around the screens, from the outside in. */
export function App() {
  const [queries] = useState(newQueryClient);
  const prefs = useStoredPrefs();
  const { language } = prefs;
  useEffect(() => {
    document.documentElement.lang = language;
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
      <Suspense fallback={null}>
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
      </Suspense>
    </Shell>
  );
}
