// npm wechatpay-axios-plugin against the WeChat Pay simulator. Changed of it: its baseURL and its keys.
// conformance: {"registry": "npm", "packages": ["wechatpay-axios-plugin@0.9.6"], "simulator": "pay", "modes": ["public-key", "certificate", "both"]}
import { createHash, createPublicKey } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import plugin from 'wechatpay-axios-plugin';
import { PAY, SETTINGS, Site, control, same, step, until } from './steps.mjs';

const { Wechatpay, Rsa, Formatter, Aes: { AesGcm } } = plugin;
const merchant = SETTINGS.pay;
const { mchid } = merchant;
const appid = merchant.appids[0];
const site = await Site.open();
const certs = SETTINGS.keys === 'certificate' ? { any: undefined }
  : { [merchant.public_key_id]: Rsa.from(merchant.public_key, Rsa.KEY_TYPE_PUBLIC) };
const known = { ...certs }; // what notices are checked with; grows by what /v3/certificates gives
const headers = SETTINGS.keys === 'certificate' ? {} : { 'Wechatpay-Serial': merchant.public_key_id };

function client(keys = certs) {
  return new Wechatpay({ baseURL: `${PAY}/`, mchid, serial: merchant.cert_serial_no,
    privateKey: Rsa.from(merchant.private_key, Rsa.KEY_TYPE_PRIVATE), certs: keys, proxy: false, headers });
}

// The first call is verified with what is in its own answer. The SDK's own downloader would do it in one go; in 0.9.6 it
// verifies with a copy of its keys that it made before, and fails.
async function download(keys) {
  const pay = client({ any: undefined });
  const { data, headers: told } = await pay.v3.certificates.get({ transformResponse: [(body) => body] });
  for (const each of JSON.parse(data).data) {
    const { nonce, associated_data: aad, ciphertext } = each.encrypt_certificate;
    keys[each.serial_no] = Rsa.from(AesGcm.decrypt(ciphertext, merchant.apiv3_key, nonce, aad), Rsa.KEY_TYPE_PUBLIC);
  }
  delete keys.any;
  same(Rsa.verify(Formatter.response(told['wechatpay-timestamp'], told['wechatpay-nonce'], data),
    told['wechatpay-signature'], keys[told['wechatpay-serial']]), true);
  same(Object.keys(keys).includes(merchant.platform_certificate_serial), true);
}

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return [error.response?.status, error.response?.data?.code ?? error.code];
  }
  throw new Error('it was not refused');
}

async function notice(serials = new Set()) {
  const { headers: told, body } = await site.next();
  serials.add(told['wechatpay-serial']);
  const key = known[told['wechatpay-serial']];
  if (!key) throw new Error(`unknown serial ${told['wechatpay-serial']}`);
  const signed = Formatter.response(told['wechatpay-timestamp'], told['wechatpay-nonce'], body);
  same(Rsa.verify(signed, told['wechatpay-signature'], key), true);
  const { resource: { ciphertext, nonce, associated_data: aad } } = JSON.parse(body);
  return JSON.parse(AesGcm.decrypt(ciphertext, merchant.apiv3_key, nonce, aad));
}

if (SETTINGS.keys === 'public-key') {
  await step('certificates: there are none (404)', async () => same(
    await refused(() => client().v3.certificates.get()), [404, 'RESOURCE_NOT_EXISTS']));
} else {
  await step('certificates: ask, open', () => download(known));
  if (SETTINGS.keys === 'certificate') Object.assign(certs, known), delete certs.any;
}

// Not to be awaited itself: every name of it is a path, `then` too.
const { wxpay } = await step('started in this mode', () => ({ wxpay: client() }));
const order = (out_trade_no, more = {}) => ({ appid, mchid, description: '搪瓷杯', out_trade_no, notify_url: site.url,
  amount: { total: 1999, currency: 'CNY' }, ...more });
const numbered = (number) => ({ params: { mchid }, out_trade_no: number });
const query = async (number) => (await wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.get(numbered(number))).data;

await step('order: JSAPI', async () => same(
  (await wxpay.v3.pay.transactions.jsapi.post(order('CONF-JSAPI', { payer: { openid: 'oBuyer' } })))
    .data.prepay_id.startsWith('wx'), true));
await step('order: Native', async () => same(
  (await wxpay.v3.pay.transactions.native.post(order('CONF-Native'))).data.code_url.startsWith('weixin://'), true));
await step('order: App', async () => same(
  (await wxpay.v3.pay.transactions.app.post(order('CONF-App'))).data.prepay_id.startsWith('wx'), true));
await step('order: H5', async () => same(typeof (await wxpay.v3.pay.transactions.h5.post(order('CONF-H5', {
  scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } }))).data.h5_url, 'string'));
await step('query an unpaid order', async () => same((await query('CONF-JSAPI')).trade_state, 'NOTPAY'));
await step('close', async () => same(
  (await wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.close.post({ mchid }, { out_trade_no: 'CONF-App' }))
    .status, 204));
await step('query a closed order', async () => same((await query('CONF-App')).trade_state, 'CLOSED'));
const { transaction_id } = await control(`${PAY}/_sim/pay/CONF-JSAPI`, {});
await step('payment notice: verify, open', async () => {
  const { out_trade_no, trade_state } = await notice();
  same([out_trade_no, trade_state], ['CONF-JSAPI', 'SUCCESS']);
});
await step('query by transaction_id', async () => same(
  (await wxpay.v3.pay.transactions.id._transaction_id_.get({ params: { mchid }, transaction_id })).data.amount.total,
  1999));
await step('refund', async () => same((await wxpay.v3.refund.domestic.refunds.post({ out_trade_no: 'CONF-JSAPI',
  out_refund_no: 'CONF-R1', notify_url: site.url, amount: { refund: 500, total: 1999, currency: 'CNY' } }))
  .data.status, 'PROCESSING'));
await step('refund notice: verify, open', async () => same((await notice()).refund_status, 'SUCCESS'));
await step('query a refund', async () => same((await wxpay.v3.refund.domestic.refunds._out_refund_no_
  .get({ out_refund_no: 'CONF-R1' })).data.status, 'SUCCESS'));
await step('paySign for the client', () => {
  const message = Formatter.joinedByLineFeed(appid, '1554208460', 'nonce', 'prepay_id=wx1');
  same(Rsa.verify(message, Rsa.sign(message, merchant.private_key), createPublicKey(merchant.certificate)), true);
});
await step('refused: an order that is paid', async () => same(await refused(
  () => wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.close.post({ mchid }, { out_trade_no: 'CONF-JSAPI' })),
[400, 'ORDERPAID']));
await step('refused: a wrong signature', async () => same(await refused(() => new Wechatpay({ baseURL: `${PAY}/`,
  mchid: '1900000000', serial: merchant.cert_serial_no, privateKey: merchant.private_key, certs, proxy: false })
  .v3.pay.transactions.outTradeNo._out_trade_no_.get(numbered('CONF-JSAPI'))), [401, 'SIGN_ERROR']));
await control(`${PAY}/_sim/faults`, { rules: [{ at: 'query', do: 'bad_signature' }] }, 'PUT');
await step('an answer with a bad signature is not believed', async () => same(
  (await refused(() => query('CONF-JSAPI')))[1], 'EV3_RES_HEADER_SIGNATURE_DIGEST'));

await step('sharing: add a receiver, its name sealed', async () => {
  const [serial, key] = Object.entries(certs)[0];
  await wxpay.v3.profitsharing.receivers.add.post({ appid, type: 'MERCHANT_ID', account: '1900000202',
    relation_type: 'STORE', name: Rsa.encrypt('示例商户', key) }, { headers: { 'Wechatpay-Serial': serial } });
});
await wxpay.v3.pay.transactions.jsapi.post(order('CONF-SHARED', { payer: { openid: 'oBuyer' },
  settle_info: { profit_sharing: true } }));
const shared = (await control(`${PAY}/_sim/pay/CONF-SHARED`, {})).transaction_id;
await site.next();
await step('sharing: order', () => until(async () => {
  try {
    return (await wxpay.v3.profitsharing.orders.post({ appid, transaction_id: shared, out_order_no: 'CONF-S1',
      unfreeze_unsplit: false, receivers: [{ type: 'MERCHANT_ID', account: '1900000202', amount: 100,
        description: '分账' }] })).data.order_id;
  } catch (error) {
    if (error.response?.data?.message?.includes('请稍后再试')) return undefined; // too young for a moment
    throw error;
  }
}));
await step('sharing: query', () => until(async () => (await wxpay.v3.profitsharing.orders._out_order_no_.get(
  { params: { transaction_id: shared }, out_order_no: 'CONF-S1' })).data.state === 'FINISHED'));
await step('sharing: what is left', async () => same((await wxpay.v3.profitsharing.transactions._transaction_id_.amounts
  .get({ transaction_id: shared })).data.unsplit_amount > 0, true));
await step('sharing: return', async () => same((await wxpay.v3.profitsharing.returnOrders.post({
  out_order_no: 'CONF-S1', out_return_no: 'CONF-SR1', return_mchid: '1900000202', amount: 40, description: '回退' }))
  .data.result, 'SUCCESS'));
await step('sharing: query a return', async () => same((await wxpay.v3.profitsharing.returnOrders._out_return_no_.get(
  { params: { out_order_no: 'CONF-S1' }, out_return_no: 'CONF-SR1' })).data.result, 'SUCCESS'));
await step('sharing: unfreeze', async () => same(typeof (await wxpay.v3.profitsharing.orders.unfreeze.post({
  transaction_id: shared, out_order_no: 'CONF-S2', description: '解冻' })).data.order_id, 'string'));
await step('sharing: delete a receiver', async () => same((await wxpay['v3/profitsharing/receivers/delete'].post({ appid,
  type: 'MERCHANT_ID', account: '1900000202' })).data.account, '1900000202'));

const partner = wxpay.v3.pay.partner.transactions;
const provided = (out_trade_no, more) => ({ sp_appid: appid, sp_mchid: mchid, sub_mchid: '1900000333',
  description: '搪瓷杯', out_trade_no, notify_url: site.url, amount: { total: 1999, currency: 'CNY' }, ...more });
const whose = { sp_mchid: mchid, sub_mchid: '1900000333' };
await step('service provider: an order without sub_appid', () => partner.jsapi.post(
  provided('CONF-SP1', { payer: { sp_openid: 'oOfProvider' } })));
await step("service provider: with the sub-merchant's own sub_appid", () => partner.jsapi.post(
  provided('CONF-SP2', { sub_appid: 'wx0000000000000333', payer: { sub_openid: 'oOfSub' } })));
await control(`${PAY}/_sim/pay/CONF-SP1`, {});
await step('service provider: payment notice', async () => {
  const { sp_mchid, sub_mchid, payer } = await notice();
  same([sp_mchid, sub_mchid, payer], [mchid, '1900000333', { sp_openid: 'oOfProvider' }]);
});
await step('service provider: query', async () => same((await partner.outTradeNo._out_trade_no_.get(
  { params: whose, out_trade_no: 'CONF-SP2' })).data.sub_appid, 'wx0000000000000333'));
await step('service provider: close', async () => same((await partner.outTradeNo._out_trade_no_.close.post(
  whose, { out_trade_no: 'CONF-SP2' })).status, 204));

if (SETTINGS.keys === 'both') {
  await control(`${PAY}/_sim/keys`, { notices_by_public_key: 50 }, 'PUT');
  await step('switching over: notices by either key', async () => {
    const serials = new Set();
    for (const number of ['CONF-SW1', 'CONF-SW2']) {
      await wxpay.v3.pay.transactions.native.post(order(number));
      await control(`${PAY}/_sim/pay/${number}`, {});
      same((await notice(serials)).out_trade_no, number);
    }
    same(serials.size, 2);
  });
}

const day = (await control(`${PAY}/_sim/clock`)).now.slice(0, 10);
await control(`${PAY}/_sim/clock`, { ahead_s: 2 * 86400 });
async function checked(link) {
  const { origin, searchParams } = new URL(link.download_url);
  const { data, headers: got } = await wxpay.v3.billdownload.file.get(
    { params: Object.fromEntries(searchParams), responseType: 'arraybuffer' });
  same(origin, PAY);
  same(got['content-type'], 'application/x-gzip');
  same(createHash('sha1').update(gunzipSync(data)).digest('hex'), link.hash_value);
}
await step('bill of trades: ask, download, unpack, check', async () => checked((await wxpay.v3.bill.tradebill.get(
  { params: { bill_date: day, bill_type: 'ALL', tar_type: 'GZIP' } })).data));
await step('bill of the money: ask, download, unpack, check', async () => checked((await wxpay.v3.bill.fundflowbill.get(
  { params: { bill_date: day, account_type: 'BASIC', tar_type: 'GZIP' } })).data));
await step("bill of a sub-merchant's money: ask", async () => same((await wxpay.v3.bill.subMerchantFundflowbill.get(
  { params: { sub_mchid: '1900000333', bill_date: day, account_type: 'BASIC', algorithm: 'AEAD_AES_256_GCM',
    tar_type: 'GZIP' } })).data.download_bill_count, 2));
site.close();
