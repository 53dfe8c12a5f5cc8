import { createContext, useContext } from "react";

/**
 * Whether a control may be reached with Tab. Inside a grid only those of the active row can, so that Tab leaves the grid
 * after one row and not after a hundred thousand.
 */
export const TabStop = createContext(true);

export const useTabStop = (): 0 | -1 => (useContext(TabStop) ? 0 : -1);
