// npm node-easywechat against the WeChat API simulator. Changed of it: baseURL, appids and secrets. It asks for
// node-socialite ^1.4.1 and runs with 1.4.1 alone: later ones lack a file that it loads.
//
// conformance: {"registry": "npm", "packages": ["node-easywechat@3.6.2", "node-socialite@1.4.1"], "simulator": "api", "modes": ["both"]}
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import easywechat from 'node-easywechat';
import { API, SETTINGS, control, same, say, step, until } from './steps.mjs';

const { MiniApp, OfficialAccount, ServerRequest } = easywechat;
const ACCOUNT = SETTINGS.api;
const RUN = Date.now().toString(16).slice(-8); // names of this run, so that it can be played again over the same state
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex');
const http = { baseURL: `${API}/`, throw: false };
const person = (name) => `${name}-${RUN}`;
const act = (path, body) => control(`${API}/_sim/${path}`, body);

// What it keeps tokens in is a folder; here it is this process.
class Memory {
  constructor() { this.kept = new Map(); }
  async get(key) { return this.kept.get(key) ?? null; }
  async set(key, value) { this.kept.set(key, value); return true; }
  async delete(key) { return this.kept.delete(key); }
  async has(key) { return this.kept.has(key); }
}

function open(Kind, appid, secret, more = {}) {
  const app = new Kind({ app_id: appid, secret, http, ...more });
  app.setCache(new Memory());
  return app;
}

async function post(app, path, body) {
  return (await app.getClient().post(path, { json: body })).toObject();
}

async function get(app, path, params = {}) {
  return (await app.getClient().get(path, { params })).toObject();
}

async function picture(app, path, body) {
  const answer = await app.getClient().post(path, { json: body, responseType: 'arraybuffer' });
  same([answer.getHeader('content-type'), Buffer.from(answer.getContent()).subarray(1, 4).toString()].flat(), ['image/png', 'PNG']);
}

async function tokens(mini, web) {
  await step('token: mini program', async () => same((await mini.getAccessToken().getToken()).length > 100, true));
  await step('token: service account', async () => same((await web.getAccessToken().getToken()).length > 100, true));
  await step('stable token: the same again', async () => {
    const stable = open(MiniApp, ACCOUNT.appid, ACCOUNT.secret, { use_stable_access_token: true });
    const first = await stable.getAccessToken().getToken();
    same(await stable.getAccessToken().refresh(), first);
  });
  await step('stable token: by force, the old one 40001', async () => {
    const stable = open(OfficialAccount, ACCOUNT.web_appid, ACCOUNT.web_secret, { use_stable_access_token: true });
    const old = await stable.getAccessToken().getToken();
    const fresh = await stable.getAccessToken().getStableAccessToken(true);
    same(fresh === old, false);
    const path = '/cgi-bin/getcallbackip';
    same((await control(`${API}${path}?access_token=${old}`)).errcode, 40001);
    same((await control(`${API}${path}?access_token=${fresh}`)).ip_list, ['127.0.0.1']);
  });
  await step('a wrong secret: 40125', async () => {
    const error = await open(MiniApp, ACCOUNT.appid, '0'.repeat(32)).getAccessToken().getToken().catch((one) => one);
    same(/40125/.test(error.message), true);
  });
  await step('token: one that is no good is fetched anew', async () => {
    await mini.getCache().set(mini.getAccessToken().getKey(), 'ended');
    same((await get(mini, '/cgi-bin/getcallbackip')).errcode, 40001);
    await mini.getAccessToken().refresh();
    same((await get(mini, '/cgi-bin/getcallbackip')).ip_list, ['127.0.0.1']);
  });
}

async function sessions(mini) {
  const code = await act('codes', { person: person('lihua') });
  const session = await step('login code: session', () => mini.getUtils().codeToSession(code.code)) ?? {};
  await step('login code: the person\'s openid and unionid', () => same([session.openid, session.unionid], [code.openid, code.unionid]));
  await step('login code: once, then 40163', async () => {
    const error = await mini.getUtils().codeToSession(code.code).catch((one) => one);
    same(/40163/.test(error.message), true);
  });
  await step('session: sealed data opened', async () => {
    const sealed = await act('user_data', { person: person('lihua') });
    const opened = mini.getUtils().decryptSession(session.session_key, sealed.iv, sealed.encryptedData);
    same([opened.openId, opened.watermark.appid], [session.openid, ACCOUNT.appid]);
  });
  await step('phone number', async () => {
    const phone = await act('codes', { person: person('lihua'), kind: 'phone' });
    const told = await post(mini, '/wxa/business/getuserphonenumber', { code: phone.code });
    same(told.phone_info.phoneNumber, code.phone);
  });
}

async function subscribeMessages(mini) {
  const template = ACCOUNT.templates.find((one) => one.name === 'order_paid');
  const data = Object.fromEntries(template.fields.map((field) => [field.key, { value: field.example }]));
  const { openid } = await act('people', { person: person('lihua') });
  await act('consents', { openid, template_id: template.template_id });
  const send = () => post(mini, '/cgi-bin/message/subscribe/send', { touser: openid, template_id: template.template_id, data });
  await step('subscribe message: sent, in the inbox', async () => {
    same((await send()).errcode, 0);
    const inbox = (await control(`${API}/_sim/inbox?openid=${openid}`)).messages;
    same(inbox[0].data.thing2, data.thing2.value);
  });
  await step('subscribe message: without consent 43101', async () => same((await send()).errcode, 43101));
  await step('subscribe templates: added, listed, deleted', async () => {
    const { priTmplId } = await post(mini, '/wxaapi/newtmpl/addtemplate', { tid: 1221, kidList: [1, 2], sceneDesc: '通知' });
    const listed = async () => (await get(mini, '/wxaapi/newtmpl/gettemplate')).data.some((one) => one.priTmplId === priTmplId);
    same(await listed(), true);
    same((await post(mini, '/wxaapi/newtmpl/deltemplate', { priTmplId })).errcode, 0);
    same(await listed(), false);
  });
}

async function picturesAndLinks(mini) {
  await step('code: getwxacodeunlimit', () => picture(mini, '/wxa/getwxacodeunlimit', { scene: 'g=42', page: 'pages/goods' }));
  await step('code: getwxacode', () => picture(mini, '/wxa/getwxacode', { path: 'pages/goods?id=42' }));
  await step('code: createwxaqrcode', () => picture(mini, '/cgi-bin/wxaapp/createwxaqrcode', { path: 'pages/goods?id=42' }));
  await step('code: a wrong scene 40169', async () => same((await post(mini, '/wxa/getwxacodeunlimit', { scene: '中文' })).errcode, 40169));
  await step('url link: made, asked about', async () => {
    const { url_link } = await post(mini, '/wxa/generate_urllink', { path: 'pages/goods', query: 'id=42', expire_type: 1, expire_interval: 7 });
    const told = (await post(mini, '/wxa/query_urllink', { url_link })).url_link_info;
    same([told.path, told.query, told.expire_time - told.create_time], ['pages/goods', 'id=42', 604800]);
  });
  await step('url scheme', async () => same((await post(mini, '/wxa/generatescheme', { jump_wxa: { path: 'pages/goods' } })).openlink.slice(0, 9), 'weixin://'));
  await step('short link', async () => same((await post(mini, '/wxa/genwxashortlink', { page_url: 'pages/goods', page_title: '商品' })).link[0], '#'));
}

async function checks(mini) {
  const { openid } = await act('people', { person: person('lihua') });
  await step('text check: second version', async () => {
    const told = await post(mini, '/wxa/msg_sec_check', { version: 2, scene: 2, openid, content: '加微信一起赌博' });
    same(told.result, { suggest: 'risky', label: 20006 });
  });
  await step('media check: a trace for the verdict', async () => {
    const told = await post(mini, '/wxa/media_check_async', { version: 2, scene: 2, media_type: 2, openid, media_url: 'https://shop.example/cup.png' });
    same(told.trace_id.length, 32);
  });
}

async function shipping(mini) {
  const { openid } = await act('people', { person: person('lihua') });
  const number = `4200${RUN}`;
  await act('orders', { transaction_id: number, mchid: '1900000109', out_trade_no: `O${RUN}`, openid, amount_fen: 12850 });
  await step('shipping: reported, read', async () => {
    const told = await post(mini, '/wxa/sec/order/upload_shipping_info', {
      order_key: { order_number_type: 2, transaction_id: number }, logistics_type: 1, delivery_mode: 1, payer: { openid },
      shipping_list: [{ tracking_no: 'ZT1', express_company: 'ZTO', item_desc: '咖啡豆' }], upload_time: '2026-11-30T12:00:00.000+08:00',
    });
    same(told.errcode, 0);
    same((await post(mini, '/wxa/sec/order/get_order', { transaction_id: number })).order.order_state, 2);
  });
  await step('shipping: in the list', async () => {
    const told = await post(mini, '/wxa/sec/order/get_order_list', { openid });
    same(told.order_list.map((one) => one.transaction_id), [number]);
  });
  await step('shipping: the buyer reminded', async () => {
    const received_time = Math.floor(Date.now() / 1000) + 60;
    same((await post(mini, '/wxa/sec/order/notify_confirm_receive', { transaction_id: number, received_time })).errcode, 0);
  });
  await step('shipping: is managed', async () => same((await post(mini, '/wxa/sec/order/is_trade_managed', { appid: ACCOUNT.appid })).is_trade_managed, true));
}

async function diagnosis(mini) {
  await step('rid: a refusal asked about', async () => {
    const refusal = await post(mini, '/cgi-bin/wxaapp/createwxaqrcode', { path: '' });
    const told = await post(mini, '/cgi-bin/openapi/rid/get', { rid: refusal.errmsg.split('rid: ')[1] });
    same(/40159/.test(told.request.response_body), true);
  });
  await step('quota: counted', async () => {
    const told = await post(mini, '/cgi-bin/openapi/quota/get', { cgi_path: '/wxa/generate_urllink' });
    same([told.quota.daily_limit, told.quota.used >= 2, told.quota.used + told.quota.remain], [500000, true, 500000]);
  });
}

async function followers(web) {
  const { openid } = await act('follow', { person: person('lihua') });
  await step('follower: user info', async () => same((await get(web, '/cgi-bin/user/info', { openid, lang: 'zh_CN' })).subscribe, 1));
  await step('follower: several', async () => {
    const told = await post(web, '/cgi-bin/user/info/batchget', { user_list: [{ openid }] });
    same(told.user_info_list.map((one) => one.openid), [openid]);
  });
  await step('follower: the list', async () => same((await get(web, '/cgi-bin/user/get')).data.openid.includes(openid), true));
  await step('follower: remark', async () => {
    await post(web, '/cgi-bin/user/info/updateremark', { openid, remark: '老客' });
    same((await get(web, '/cgi-bin/user/info', { openid })).remark, '老客');
  });
  await step('follower: nobody 40003', async () => same((await get(web, '/cgi-bin/user/info', { openid: 'oNobody' })).errcode, 40003));
}

async function templateMessages(web) {
  const { openid } = await act('follow', { person: person('lihua') });
  const added = await step('service template: added', async () => (await post(web, '/cgi-bin/template/api_add_template', { template_id_short: 'OPENTM200565259' })).template_id);
  await step('service template: listed', async () => {
    const told = await get(web, '/cgi-bin/template/get_all_private_template');
    same(told.template_list.some((one) => one.template_id === added), true);
  });
  const data = Object.fromEntries(['first', 'keyword1', 'keyword2', 'keyword3', 'remark'].map((key) => [key, { value: key }]));
  const send = (touser) => post(web, '/cgi-bin/message/template/send', {
    touser, template_id: added, data, miniprogram: { appid: ACCOUNT.appid, pagepath: 'pages/order' } });
  await step('service template: sent, in the inbox', async () => {
    same((await send(openid)).errcode, 0);
    same((await control(`${API}/_sim/inbox?openid=${openid}`)).messages[0].page, 'pages/order');
  });
  await step('service template: to nobody who follows, 43004', async () => same((await send((await act('people', { person: person('wangwu') })).web_openid)).errcode, 43004));
  await step('service template: industry', async () => same((await get(web, '/cgi-bin/template/get_industry')).primary_industry.first_class, 'IT科技'));
  await step('service template: deleted', async () => same((await post(web, '/cgi-bin/template/del_private_template', { template_id: added })).errcode, 0));
}

async function customerMessages(web) {
  const { web_openid: touser } = await act('people', { person: person('zhaoliu') });
  const send = async (content) => (await post(web, '/cgi-bin/message/custom/send', { touser, msgtype: 'text', text: { content } })).errcode;
  await step('customer message: to the silent, 45015', async () => same(await send('您好'), 45015));
  await act('says', { person: person('zhaoliu'), appid: ACCOUNT.web_appid, text: '在吗' });
  await step('customer message: text', async () => same(await send('您好'), 0));
  const media = await step('temporary media: uploaded', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cup-')), 'cup.png');
    writeFileSync(file, PNG);
    const client = web.getClient().withFile(file, 'media');
    return (await client.post('/cgi-bin/media/upload', { params: { type: 'image' } })).toObject();
  }) ?? {};
  await step('temporary media: read again', async () => {
    const answer = await web.getClient().get('/cgi-bin/media/get', { params: { media_id: media.media_id }, responseType: 'arraybuffer' });
    same(Buffer.from(answer.getContent()).toString('hex'), PNG.toString('hex'));
  });
  await step('customer message: picture', async () => {
    const told = await post(web, '/cgi-bin/message/custom/send', { touser, msgtype: 'image', image: { media_id: media.media_id } });
    same(told.errcode, 0);
  });
  await step('customer message: five, then 45047', async () => {
    const codes = [];
    for (const content of ['一', '二', '三', '四']) codes.push(await send(content));
    same(codes, [0, 0, 0, 45047]);
  });
}

async function sceneCodes(web) {
  const ticket = await step('scene code: made', async () => (await post(web, '/cgi-bin/qrcode/create', {
    expire_seconds: 1800, action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'shelf-7' } } })).ticket);
  await step('scene code: shown', async () => {
    const answer = await fetch(`${API}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`);
    same(answer.headers.get('content-type'), 'image/png');
  });
  await step('scene code: scanned, the follower knows it', async () => {
    same((await act('scan', { person: person('sunqi'), ticket })).event, 'subscribe');
    const { web_openid: openid } = await act('people', { person: person('sunqi') });
    const told = await get(web, '/cgi-bin/user/info', { openid });
    same([told.subscribe_scene, told.qr_scene_str], ['ADD_SCENE_QR_CODE', 'shelf-7']);
  });
}

async function tickets(web) {
  await step('js ticket', async () => same((await web.getTicket().getTicket()).length > 40, true));
  await step('js ticket: signature', async () => {
    const config = await web.getUtils().buildJsSdkConfig('https://shop.example/');
    same([config.appId, config.signature.length], [ACCOUNT.web_appid, 40]);
  });
  await step('card ticket', async () => same((await get(web, '/cgi-bin/ticket/getticket', { type: 'wx_card' })).errcode, 0));
}

async function signingIn(web) {
  const oauth = web.getOAuth().scopes('snsapi_userinfo').withState('s1');
  oauth._baseUrl = `${API}/sns`; // it has no setting for this address
  const given = await step('web sign-in: the link gives a code', async () => {
    const link = oauth.redirect('https://shop.example/back').replace('https://open.weixin.qq.com', API);
    const answer = await fetch(link.replace('#', `&sim_person=${person('lihua')}#`), { redirect: 'manual' });
    const back = new URL(answer.headers.get('location'));
    same(back.searchParams.get('state'), 's1');
    return back.searchParams.get('code');
  });
  await step('web sign-in: the person', async () => same((await oauth.userFromCode(given)).getNickname(), person('lihua')));
}

// What people do comes signed and sealed to an address of ours.
async function pushes() {
  const heard = [];
  const answer = async (request, response) => {
    const appid = request.url.startsWith('/web') ? ACCOUNT.web_appid : ACCOUNT.appid;
    const app = open(request.url.startsWith('/web') ? OfficialAccount : MiniApp, appid, 'secret', { token: ACCOUNT.push_token, aes_key: ACCOUNT.push_aes_key });
    app.setRequest(await ServerRequest.createFromIncomingMessage(request));
    const server = app.getServer();
    server.withHandler(async ({ Event, FromUserName, MsgType, Content }) => {
      heard.push({ Event, FromUserName, MsgType, Content });
      return '';
    });
    try { await server.serve(); } catch (error) { heard.push({ error: error.message }); }
    response.end('success');
  };
  const shop = createServer(answer);
  await new Promise((go) => shop.listen(0, '127.0.0.1', go));
  const at = (path) => control(`${API}/_sim/push/setup`, { url: `http://127.0.0.1:${shop.address().port}${path}`, mode: 'secure', format: 'xml' }, 'PUT');
  const next = async () => { await until(() => heard.length); return heard.shift(); };
  await step('push: an event, verified, opened', async () => {
    await at('/web');
    const { openid } = await act('follow', { person: person('zhouba') });
    const told = await next();
    same([told.Event, told.FromUserName], ['subscribe', openid]);
  });
  await step('push: a text, verified, opened', async () => {
    await at('/mini');
    const { openid } = await act('says', { person: person('zhouba'), text: '在吗' });
    const told = await next();
    same([told.MsgType, told.Content, told.FromUserName], ['text', '在吗', openid]);
  });
  await control(`${API}/_sim/push/setup`, { url: '' }, 'PUT');
  shop.closeAllConnections();
  shop.close();
}

const mini = open(MiniApp, ACCOUNT.appid, ACCOUNT.secret);
const web = open(OfficialAccount, ACCOUNT.web_appid, ACCOUNT.web_secret);
await tokens(mini, web);
await sessions(mini);
await subscribeMessages(mini);
await picturesAndLinks(mini);
await checks(mini);
await shipping(mini);
await diagnosis(mini);
await followers(web);
await templateMessages(web);
await customerMessages(web);
await sceneCodes(web);
await tickets(web);
await signingIn(web);
await pushes();
say('general calls', true, 'it has methods for tokens, sessions, tickets and web sign-in; every other interface goes by its client.get and client.post');
