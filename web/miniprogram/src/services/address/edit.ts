import { cancel, edited, settle, type Given } from "../mall/addresses.js";

/** For whoever waits until an address is saved. */
export const getAddressPromise = (): Promise<Given> => edited.wait();

/** What was typed is to be saved. */
export const resolveAddress = (address: Given): Promise<void> => settle(address);

/** It is not. */
export const rejectAddress = (): void => cancel();
