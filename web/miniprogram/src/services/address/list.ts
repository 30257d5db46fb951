import { cancel, chosen, settle, type Given } from "../mall/addresses.js";

/** For whoever waits until an address is chosen. */
export const getAddressPromise = (): Promise<Given> => chosen.wait();

/** An address was chosen; or typed, which is saved first. */
export const resolveAddress = (address: Given): Promise<void> => settle(address);

/** None was. */
export const rejectAddress = (): void => cancel();
