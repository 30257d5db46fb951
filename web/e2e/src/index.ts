export { goods, type Goods } from "./goods.js";
export { picture, settled, usableByAll } from "./look.js";
export { followPayments, payAtSimulator, thumb } from "./pay.js";
export {
  asBuyer, asOwner, moveIn, signInAs, signInAsBuyer, signInAsOwner, signInToConsole, takeOn, type Account,
} from "./people.js";
export { DESK, PHONE, scene, type Scene } from "./scene.js";
export { newName, STAGE } from "./stage.js";
