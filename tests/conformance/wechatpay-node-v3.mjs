// npm wechatpay-node-v3 against the WeChat Pay simulator. Changed of it: the host, by the HTTP service that `createHttp`
// takes (its addresses are written out), and its keys: it knows certificates only, so the public key goes by hand into
// the map that it verifies with.
// conformance: {"registry": "npm", "packages": ["wechatpay-node-v3@2.2.1"], "simulator": "pay", "modes": ["public-key", "certificate", "both"]}
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { PAY, SETTINGS, Site, control, same, step, until } from './steps.mjs';

const require = createRequire(import.meta.url);
const WxPay = require('wechatpay-node-v3');
const { PayRequest } = require('wechatpay-node-v3/dist/lib/pay-request');
const HOST = 'https://api.mch.weixin.qq.com';
const merchant = SETTINGS.pay;
const site = await Site.open();

class Redirected extends PayRequest {
  post(url, params, headers) { return super.post(url.replace(HOST, PAY), params, headers); }

  get(url, headers) { return super.get(url.replace(HOST, PAY), headers); }
}

const pay = await step('started in this mode', () => {
  const made = new WxPay({ appid: merchant.appids[0], mchid: merchant.mchid, publicKey: Buffer.from(merchant.certificate),
    serial_no: merchant.cert_serial_no, privateKey: Buffer.from(merchant.private_key), key: merchant.apiv3_key });
  made.createHttp(new Redirected());
  if (merchant.public_key) WxPay.certificates[merchant.public_key_id] = merchant.public_key;
  return made;
});

// The body of an answer with this status; it does not verify answers by itself.
function ok(answer, status = 200) {
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.error}`);
  return answer.data;
}

function refused(answer) {
  return [answer.status, JSON.parse(answer.error).code];
}

async function notice() {
  const { headers, body } = await site.next();
  same(await pay.verifySign({ timestamp: headers['wechatpay-timestamp'], nonce: headers['wechatpay-nonce'], body,
    serial: headers['wechatpay-serial'], signature: headers['wechatpay-signature'] }), true);
  const { resource: { ciphertext, associated_data, nonce } } = JSON.parse(body);
  return pay.decipher_gcm(ciphertext, associated_data, nonce, merchant.apiv3_key);
}

if (SETTINGS.keys === 'public-key') {
  await step('certificates: there are none (404)', async () => {
    try {
      await pay.get_certificates(merchant.apiv3_key);
    } catch (error) {
      return same(error.message, '拉取平台证书失败');
    }
    throw new Error('there were some');
  });
} else {
  await step('certificates: ask, open', async () => same(
    (await pay.get_certificates(merchant.apiv3_key)).map((each) => each.serial_no),
    [merchant.platform_certificate_serial]));
}

const order = (out_trade_no, more = {}) => ({ description: '搪瓷杯', out_trade_no, notify_url: site.url,
  amount: { total: 1999 }, ...more });
await step('order: JSAPI', async () => same(ok(await pay.transactions_jsapi(
  order('CONF-JSAPI', { payer: { openid: 'oBuyer' } }))).package.startsWith('prepay_id=wx'), true));
await step('order: Native', async () => same(
  ok(await pay.transactions_native(order('CONF-Native'))).code_url.startsWith('weixin://'), true));
await step('order: App', async () => same(
  ok(await pay.transactions_app(order('CONF-App'))).prepayid.startsWith('wx'), true));
await step('order: H5', async () => same(typeof ok(await pay.transactions_h5(order('CONF-H5', {
  scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } }))).h5_url, 'string'));
await step('query an unpaid order', async () => same(
  ok(await pay.query({ out_trade_no: 'CONF-JSAPI' })).trade_state, 'NOTPAY'));
await step('close', async () => ok(await pay.close('CONF-App'), 204));
await step('query a closed order', async () => same(
  ok(await pay.query({ out_trade_no: 'CONF-App' })).trade_state, 'CLOSED'));
const { transaction_id } = await control(`${PAY}/_sim/pay/CONF-JSAPI`, {});
await step('payment notice: verify, open', async () => {
  const { out_trade_no, trade_state } = await notice();
  same([out_trade_no, trade_state], ['CONF-JSAPI', 'SUCCESS']);
});
await step('query by transaction_id', async () => same(ok(await pay.query({ transaction_id })).amount.total, 1999));
await step('refund', async () => same(ok(await pay.refunds({ out_trade_no: 'CONF-JSAPI', out_refund_no: 'CONF-R1',
  notify_url: site.url, amount: { refund: 500, total: 1999, currency: 'CNY' } })).status, 'PROCESSING'));
await step('refund notice: verify, open', async () => same((await notice()).refund_status, 'SUCCESS'));
await step('query a refund', async () => same(ok(await pay.find_refunds('CONF-R1')).status, 'SUCCESS'));
await step('refused: an order that is paid', async () => same(refused(await pay.close('CONF-JSAPI')),
  [400, 'ORDERPAID']));
await step('refused: a wrong signature', async () => {
  const other = new WxPay({ appid: 'wx', mchid: '1900000000', publicKey: Buffer.from(merchant.certificate),
    serial_no: merchant.cert_serial_no, privateKey: Buffer.from(merchant.private_key) });
  other.createHttp(new Redirected());
  same(refused(await other.query({ out_trade_no: 'CONF-JSAPI' })), [401, 'SIGN_ERROR']);
});

// Sealed with the platform's key, which is named in Wechatpay-Serial.
const [serial, key] = merchant.public_key ? [merchant.public_key_id, merchant.public_key]
  : [merchant.platform_certificate_serial, merchant.platform_certificate];
await step('sharing: add a receiver, its name sealed', async () => same(ok(await pay.profitsharing_receivers_add({
  type: 'MERCHANT_ID', account: '1900000202', relation_type: 'STORE', wx_serial_no: serial,
  name: pay.publicEncrypt('示例商户', Buffer.from(key)) })).account, '1900000202'));
ok(await pay.transactions_jsapi(order('CONF-SHARED', { payer: { openid: 'oBuyer' },
  settle_info: { profit_sharing: true } })));
const shared = (await control(`${PAY}/_sim/pay/CONF-SHARED`, {})).transaction_id;
await site.next();
await step('sharing: order', () => until(async () => {
  const answer = await pay.create_profitsharing_orders({ appid: merchant.appids[0], transaction_id: shared,
    out_order_no: 'CONF-S1', unfreeze_unsplit: false, wx_serial_no: serial,
    receivers: [{ type: 'MERCHANT_ID', account: '1900000202', amount: 100, description: '分账' }] });
  return answer.error?.includes('请稍后再试') ? undefined : ok(answer).order_id; // too young for a moment
}));
await step('sharing: query', () => until(async () => ok(
  await pay.query_profitsharing_orders(shared, 'CONF-S1')).state === 'FINISHED'));
await step('sharing: what is left', async () => same(
  ok(await pay.query_profitsharing_amounts(shared)).unsplit_amount > 0, true));
await step('sharing: return', async () => same(ok(await pay.profitsharing_return_orders({ out_order_no: 'CONF-S1',
  out_return_no: 'CONF-SR1', return_mchid: '1900000202', amount: 40, description: '回退' })).result, 'SUCCESS'));
await step('sharing: query a return', async () => same(
  ok(await pay.query_profitsharing_return_orders('CONF-SR1', 'CONF-S1')).result, 'SUCCESS'));
await step('sharing: unfreeze', async () => same(typeof ok(await pay.profitsharing_orders_unfreeze({
  transaction_id: shared, out_order_no: 'CONF-S2', description: '解冻' })).order_id, 'string'));
await step('sharing: delete a receiver', async () => same(ok(await pay.profitsharing_receivers_delete({
  type: 'MERCHANT_ID', account: '1900000202' })).account, '1900000202'));

const day = (await control(`${PAY}/_sim/clock`)).now.slice(0, 10);
await control(`${PAY}/_sim/clock`, { ahead_s: 2 * 86400 });
async function checked(link) {
  // It signs what stands behind its own host, so the link is given to it as it comes from there.
  const packed = ok(await pay.downloadBill(link.download_url.replace(PAY, HOST)));
  same(createHash('sha1').update(gunzipSync(packed)).digest('hex'), link.hash_value);
}
await step('bill of trades: ask, download, unpack, check', async () => checked(ok(await pay.tradebill(
  { bill_date: day, bill_type: 'ALL', tar_type: 'GZIP' }))));
await step('bill of the money: ask, download, unpack, check', async () => checked(ok(await pay.fundflowbill(
  { bill_date: day, account_type: 'BASIC', tar_type: 'GZIP' }))));
site.close();
