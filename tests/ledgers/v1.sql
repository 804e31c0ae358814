PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
	"key" VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO meta VALUES('schema_version','1');
CREATE TABLE societies (
	name VARCHAR(64) NOT NULL, 
	organisation TEXT NOT NULL, 
	language TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	home_url TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO societies VALUES('csco_cn','中国临床肿瘤学会 (CSCO)','zh','Asia/Shanghai','https://www.csco.org.cn/');
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	society VARCHAR(64) NOT NULL, 
	started VARCHAR(20) NOT NULL, 
	ended VARCHAR(20), 
	outcome VARCHAR(16), 
	reason TEXT, 
	counts JSON
);
INSERT INTO runs VALUES(1,'csco_cn','2026-07-01T22:00:00Z','2026-07-01T22:00:00Z','ok','','{"new": 3}');
INSERT INTO runs VALUES(2,'csco_cn','2026-07-01T22:00:00Z','2026-07-01T22:00:00Z','ok','','{}');
CREATE TABLE entries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	society VARCHAR(64) NOT NULL, 
	guid VARCHAR(48) NOT NULL, 
	link TEXT NOT NULL, 
	title TEXT NOT NULL, 
	published VARCHAR(20) NOT NULL, 
	updated VARCHAR(20) NOT NULL, 
	day VARCHAR(10), 
	precision VARCHAR(8) NOT NULL, 
	origin VARCHAR(16) NOT NULL, 
	"key" VARCHAR(64), 
	fingerprint VARCHAR(64) NOT NULL, 
	summary TEXT NOT NULL, 
	content_html TEXT NOT NULL, 
	authors JSON NOT NULL, 
	language TEXT NOT NULL, 
	categories JSON NOT NULL, 
	image TEXT NOT NULL, 
	enclosures JSON NOT NULL, 
	first_seen VARCHAR(20) NOT NULL, 
	first_run INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	UNIQUE (guid), 
	FOREIGN KEY(first_run) REFERENCES runs (id)
);
INSERT INTO entries VALUES(1,'csco_cn','urn:uuid:82bf08d7-5f4e-5d19-9936-7c331e02d06a','https://www.csco.org.cn/cn/ncontent.aspx?oid=0','第0号通知','2026-05-01T12:00:00Z','2026-05-01T12:00:00Z','2026-05-01','day','listing','d246031d70117539a392dc52226e068dce3da84834feeaa8ae4e2b47f8a6ea24','c6b3ce9ee2e2a70edb2b474d530c1bc9c557bdc4864595ea0fd0d06a1b7a907f','摘要','<p>这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。</p><p>0</p>','[]','zh','[]','','[]','2026-07-01T22:00:00Z',1,0);
INSERT INTO entries VALUES(2,'csco_cn','urn:uuid:9f32bbe0-70e6-581c-8d7b-b4d992cec6a9','https://www.csco.org.cn/cn/ncontent.aspx?oid=1','第1号通知(更正)','2026-05-02T12:00:00Z','2026-07-01T22:00:00Z','2026-05-02','day','listing','3bb4b22511b84771934524687366585946bb916f1aaf342511d80404fea6fbe9','1b0b5bb1fa118755083be7d29c5ae8bbd924d492d18b6b92f22837034d0a547c','摘要','<p>改了。</p>','[]','zh','[]','','[]','2026-07-01T22:00:00Z',1,0);
INSERT INTO entries VALUES(3,'csco_cn','urn:uuid:43cc9544-cd6f-57f4-bd17-96e368e96a22','https://www.csco.org.cn/cn/ncontent.aspx?oid=2','第2号通知','2026-05-03T12:00:00Z','2026-05-03T12:00:00Z','2026-05-03','day','listing','6b0329b6aecb18abc11eb731cb6dc9871d8a73d0d6214b4b5c6542059d31dbee','f6d10e0102af3b8693be1624dd84100874d5dadada4fd1bede3f8676cc53d6d8','摘要','<p>这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。</p><p>2</p>','[]','zh','[]','','[]','2026-07-01T22:00:00Z',1,0);
CREATE TABLE pending (
	society VARCHAR(64) NOT NULL, 
	address TEXT NOT NULL, 
	sighting JSON NOT NULL, 
	first_run INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (society, address), 
	FOREIGN KEY(first_run) REFERENCES runs (id)
);
CREATE TABLE addresses (
	society VARCHAR(64) NOT NULL, 
	address TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	first_run INTEGER NOT NULL, 
	listed JSON NOT NULL, 
	PRIMARY KEY (society, address), 
	FOREIGN KEY(entry) REFERENCES entries (id), 
	FOREIGN KEY(first_run) REFERENCES runs (id)
);
INSERT INTO addresses VALUES('csco_cn','csco.org.cn/cn/ncontent.aspx?oid=0',1,1,'{"/list": ["\u7b2c0\u53f7\u901a\u77e5", "2026-05-01"]}');
INSERT INTO addresses VALUES('csco_cn','csco.org.cn/cn/ncontent.aspx?oid=1',2,1,'{"/list": ["\u7b2c1\u53f7\u901a\u77e5(\u66f4\u6b63", "2026-05-02"]}');
INSERT INTO addresses VALUES('csco_cn','csco.org.cn/cn/ncontent.aspx?oid=2',3,1,'{"/list": ["\u7b2c2\u53f7\u901a\u77e5", "2026-05-03"]}');
CREATE TABLE revisions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	entry INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	seen VARCHAR(20) NOT NULL, 
	field VARCHAR(16) NOT NULL, 
	"before" TEXT NOT NULL, 
	"after" TEXT NOT NULL, 
	FOREIGN KEY(entry) REFERENCES entries (id), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
INSERT INTO revisions VALUES(1,2,2,'2026-07-01T22:00:00Z','title','第1号通知','第1号通知(更正)');
INSERT INTO revisions VALUES(2,2,2,'2026-07-01T22:00:00Z','body','<p>这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。这是一份足够长的正文。</p><p>1</p>','<p>改了。</p>');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',2);
INSERT INTO sqlite_sequence VALUES('entries',3);
INSERT INTO sqlite_sequence VALUES('revisions',2);
CREATE INDEX ix_runs_society ON runs (society);
CREATE INDEX entries_key ON entries (society, "key");
CREATE INDEX entries_window ON entries (society, published);
CREATE INDEX ix_addresses_entry ON addresses (entry);
CREATE INDEX ix_revisions_entry ON revisions (entry);
COMMIT;
