export { goods, type Goods } from "./goods.js";
export { fitsThePhone, picture, settled, usableByAll } from "./look.js";
export { payAtSimulator, thumb } from "./pay.js";
export {
  asBuyer, asOwner, asVisitor, moveIn, signInAs, signInAsBuyer, signInAsOwner, signInToConsole, takeOn, type Account,
} from "./people.js";
export { DESK, PHONE, scene, type Scene } from "./scene.js";
export { comeToBuy, orderNow, payPage, toCheckout } from "./shop.js";
export { newName, STAGE } from "./stage.js";
export { seller, type Seller } from "./sellers.js";
