PRAGMA application_id = 1280660812;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('0006');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	object TEXT, 
	decided_at VARCHAR(27) NOT NULL, 
	note TEXT, 
	CONSTRAINT pk_decision PRIMARY KEY (id), 
	CONSTRAINT uq_decision_public_id UNIQUE (public_id)
);
INSERT INTO decision VALUES(1,'3fc681fca2a94892','take_down','d5699b5f2e9f96d6',NULL,'2026-02-15T01:00:00.000000Z','theo yêu cầu');
CREATE TABLE document (
	id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	content_hash VARCHAR(42) NOT NULL, 
	title TEXT, 
	kicker TEXT, 
	lede TEXT, 
	body TEXT NOT NULL, 
	subheads JSON NOT NULL, 
	captions JSON NOT NULL, 
	caption_credits JSON NOT NULL, 
	author TEXT, 
	published_at VARCHAR(27), 
	published_offset INTEGER, 
	modified_at VARCHAR(27), 
	modified_offset INTEGER, 
	section TEXT, 
	tags JSON NOT NULL, 
	language TEXT, 
	credit_name TEXT, 
	credit_url TEXT, 
	credit_site TEXT, 
	canonical_url TEXT, 
	noarchive BOOLEAN NOT NULL, 
	provenance JSON NOT NULL, 
	CONSTRAINT pk_document PRIMARY KEY (id), 
	CONSTRAINT uq_document_digest UNIQUE (digest)
);
INSERT INTO document VALUES(1,'697a795d878924d12dd2728540536611ed0c75128ac90483fec5923cc8173fc6','010c8025d0d986f572c46e396ca2be24f570153865','Thôn viên sát 741 pháp Hà Nội đội chính công vụ nữ',NULL,'Thanh hạn đội sạch pháp môi xuất cựu 523 bộ dự lớp công Trần Thị Mai chợ kinh dịch tăng tư chuyển lưới kiểm vụ môi xuất ruộng.',replace('Lịch phường rừng lượng án 7483 tỉnh tỉnh hộ Yên Bái hành hè viên động lúa trợ hội án. Binh họp định lượng chất 2437 định cầu lúa Bắc Hà lượng cầu xuất trợ thôn trợ môi dịch. Vệ trình toàn quế tế 8765 đường đổi hộ Yên Bái đông thu tế sát tăng cựu ngô ngân.\n\nCả sông công vay chợ 4992 an triển điện Sa Pa toàn vốn lao toàn tỉnh trình dự thông. Xuân thông đoàn đội học 1963 cựu chất xí Sa Pa chuyển trường hàng trường cầu trường trường nghiệm. Thu niên nhà đoàn nghiệp 2775 thông nghiệp toàn Sa Pa cứu ngô hộ lưới công nghiệp chợ đội.\n\nDu niên viễn bộ thu 4354 máy an thầy Trần Thị Mai lũ trợ điện xuất triển sinh xuân rừng. Phụ công người nghiệm người 2375 tỉnh lịch lao Mù Cang Chải quế lưới lũ dịch xuân hành học du. Hộ du xí xã cả 8468 định nghiệp ổn Lào Cai lịch lúa hoá phường hè hành hoàn ruộng.\n\nĐầu ruộng đổi pháp đường 8467 tỉnh dân chiến Sa Pa ruộng viên hàng binh máy an chất điện. Người giám vệ trường động 16 vốn đầu xã Yên Bái hè sông động tiêu nghèo hạn cả kiểm. Mưa người khởi chính phường 7763 cựu đồng công Sa Pa niên nghèo lượng dịch sạch phường nữ nước.\n\nSạch xã niên xuất dự 4431 hộ xuất đường Nguyễn Văn Bình dịch dự đầu nước bộ ngân tư lễ. Học ruộng cô an viên 1080 bản người ngân Mù Cang Chải thông giám dự kinh toàn đầu nghèo kinh. Thông phường đội dự vệ 3787 viên thông cả Bắc Hà xã chất hành khởi xuân thầy thông hạn.','\n',char(10)),'[]','[]','[]','Minh Anh',NULL,NULL,NULL,NULL,NULL,'[]','vi',NULL,NULL,NULL,NULL,0,'{}');
INSERT INTO document VALUES(2,'87949270e908edee26e9bbd76a10fe6c6532a5823f7f2f5377e13028ac2010cd','010c8025d0d986f572c46e396ca2be24f570153865','Thôn viên sát 741 pháp Hà Nội đội chính công vụ nữ',NULL,'Thanh hạn đội sạch pháp môi xuất cựu 523 bộ dự lớp công Trần Thị Mai chợ kinh dịch tăng tư chuyển lưới kiểm vụ môi xuất ruộng.',replace('Lịch phường rừng lượng án 7483 tỉnh tỉnh hộ Yên Bái hành hè viên động lúa trợ hội án. Binh họp định lượng chất 2437 định cầu lúa Bắc Hà lượng cầu xuất trợ thôn trợ môi dịch. Vệ trình toàn quế tế 8765 đường đổi hộ Yên Bái đông thu tế sát tăng cựu ngô ngân.\n\nCả sông công vay chợ 4992 an triển điện Sa Pa toàn vốn lao toàn tỉnh trình dự thông. Xuân thông đoàn đội học 1963 cựu chất xí Sa Pa chuyển trường hàng trường cầu trường trường nghiệm. Thu niên nhà đoàn nghiệp 2775 thông nghiệp toàn Sa Pa cứu ngô hộ lưới công nghiệp chợ đội.\n\nDu niên viễn bộ thu 4354 máy an thầy Trần Thị Mai lũ trợ điện xuất triển sinh xuân rừng. Phụ công người nghiệm người 2375 tỉnh lịch lao Mù Cang Chải quế lưới lũ dịch xuân hành học du. Hộ du xí xã cả 8468 định nghiệp ổn Lào Cai lịch lúa hoá phường hè hành hoàn ruộng.\n\nĐầu ruộng đổi pháp đường 8467 tỉnh dân chiến Sa Pa ruộng viên hàng binh máy an chất điện. Người giám vệ trường động 16 vốn đầu xã Yên Bái hè sông động tiêu nghèo hạn cả kiểm. Mưa người khởi chính phường 7763 cựu đồng công Sa Pa niên nghèo lượng dịch sạch phường nữ nước.\n\nSạch xã niên xuất dự 4431 hộ xuất đường Nguyễn Văn Bình dịch dự đầu nước bộ ngân tư lễ. Học ruộng cô an viên 1080 bản người ngân Mù Cang Chải thông giám dự kinh toàn đầu nghèo kinh. Thông phường đội dự vệ 3787 viên thông cả Bắc Hà xã chất hành khởi xuân thầy thông hạn.','\n',char(10)),'[]','[]','[]','Minh Anh',NULL,NULL,NULL,NULL,NULL,'[]','vi',NULL,NULL,NULL,NULL,0,'{}');
INSERT INTO document VALUES(3,'669b38785e69b97661092c0ee30d587f82afe19a69a9d984c087010e8beb5fff','01bcc2e066ac14259c281136bcddf982be9614f435','Tựa đề khác',NULL,'Thanh hạn đội sạch pháp môi xuất cựu 523 bộ dự lớp công Trần Thị Mai chợ kinh dịch tăng tư chuyển lưới kiểm vụ môi xuất ruộng.',replace('Lịch phường rừng lượng án 7483 tỉnh tỉnh hộ Yên Bái hành hè viên động lúa trợ hội án. Binh họp định lượng chất 2437 định cầu lúa Bắc Hà lượng cầu xuất trợ thôn trợ môi dịch. Vệ trình toàn quế tế 8765 đường đổi hộ Yên Bái đông thu tế sát tăng cựu ngô ngân.\n\nCả sông công vay chợ 4992 an triển điện Sa Pa toàn vốn lao toàn tỉnh trình dự thông. Xuân thông đoàn đội học 1963 cựu chất xí Sa Pa chuyển trường hàng trường cầu trường trường nghiệm. Thu niên nhà đoàn nghiệp 2775 thông nghiệp toàn Sa Pa cứu ngô hộ lưới công nghiệp chợ đội.\n\nDu niên viễn bộ thu 4354 máy an thầy Trần Thị Mai lũ trợ điện xuất triển sinh xuân rừng. Phụ công người nghiệm người 2375 tỉnh lịch lao Mù Cang Chải quế lưới lũ dịch xuân hành học du. Hộ du xí xã cả 8468 định nghiệp ổn Lào Cai lịch lúa hoá phường hè hành hoàn ruộng.\n\nĐầu ruộng đổi pháp đường 8467 tỉnh dân chiến Sa Pa ruộng viên hàng binh máy an chất điện. Người giám vệ trường động 16 vốn đầu xã Yên Bái hè sông động tiêu nghèo hạn cả kiểm. Mưa người khởi chính phường 7763 cựu đồng công Sa Pa niên nghèo lượng dịch sạch phường nữ nước.\n\nSạch xã niên xuất dự 4431 hộ xuất đường Nguyễn Văn Bình dịch dự đầu nước bộ ngân tư lễ. Học ruộng cô an viên 1080 bản người ngân Mù Cang Chải thông giám dự kinh toàn đầu nghèo kinh. Thông phường đội dự vệ 3787 viên thông cả Bắc Hà xã chất hành khởi xuân thầy thông hạn.','\n',char(10)),'[]','[]','[]','Minh Anh',NULL,NULL,NULL,NULL,NULL,'[]','vi',NULL,NULL,NULL,NULL,0,'{}');
CREATE TABLE edition (
	id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	libraries JSON NOT NULL, 
	CONSTRAINT pk_edition PRIMARY KEY (id), 
	CONSTRAINT uq_edition_digest UNIQUE (digest)
);
INSERT INTO edition VALUES(1,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','test one','{"test": "one"}');
CREATE TABLE furniture (
	id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	blocks JSON NOT NULL, 
	CONSTRAINT pk_furniture PRIMARY KEY (id), 
	CONSTRAINT uq_furniture_digest UNIQUE (digest)
);
INSERT INTO furniture VALUES(1,'88abeff7ce355e2a38487a9710caf779b59d6893e2644a80d9be1fe00a0f95f0','[{"kind": "related", "rule": "test/rail", "text": "\u0110\u1ecdc th\u00eam"}]');
CREATE TABLE run (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	started_at VARCHAR(27) NOT NULL, 
	finished_at VARCHAR(27), 
	counts JSON NOT NULL, 
	CONSTRAINT pk_run PRIMARY KEY (id)
);
CREATE TABLE warc_file (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_warc_file PRIMARY KEY (id), 
	CONSTRAINT uq_warc_file_name UNIQUE (name)
);
INSERT INTO warc_file VALUES(1,'20260207T010000Z-80959a65e5db2e73.warc.gz');
CREATE TABLE article (
	id INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	url TEXT NOT NULL, 
	site TEXT NOT NULL, 
	edition_id INTEGER NOT NULL, 
	head_id INTEGER, 
	versions INTEGER NOT NULL, 
	first_seen_at VARCHAR(27), 
	last_seen_at VARCHAR(27), 
	gone_at VARCHAR(27), 
	judged_at VARCHAR(27), 
	CONSTRAINT pk_article PRIMARY KEY (id), 
	CONSTRAINT fk_article_edition_id_edition FOREIGN KEY(edition_id) REFERENCES edition (id), 
	CONSTRAINT uq_article_public_id UNIQUE (public_id), 
	CONSTRAINT uq_article_url UNIQUE (url)
);
INSERT INTO article VALUES(1,'c223a6620793b610','https://bao.example/bai-1.html','bao.example',1,3,2,'2026-02-07T01:00:00.000000Z','2026-02-09T01:00:00.000000Z',NULL,'2026-02-10T01:00:00.000000Z');
INSERT INTO article VALUES(2,'d5699b5f2e9f96d6','https://xa.example/1','xa.example',1,2,1,'2026-02-08T01:00:00.000000Z','2026-02-08T01:00:00.000000Z',NULL,'2026-02-08T01:00:00.000000Z');
CREATE TABLE breaker (
	site TEXT NOT NULL, 
	edition_id INTEGER NOT NULL, 
	tripped_at VARCHAR(27) NOT NULL, 
	capture_id VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_breaker PRIMARY KEY (site, edition_id), 
	CONSTRAINT fk_breaker_edition_id_edition FOREIGN KEY(edition_id) REFERENCES edition (id)
);
CREATE TABLE capture (
	id INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	url TEXT NOT NULL, 
	url_key TEXT NOT NULL, 
	site TEXT NOT NULL, 
	captured_at VARCHAR(27) NOT NULL, 
	status INTEGER, 
	content_type TEXT, 
	payload_digest VARCHAR(64) NOT NULL, 
	payload_size BIGINT NOT NULL, 
	truncated TEXT, 
	file_id INTEGER NOT NULL, 
	file_offset BIGINT NOT NULL, 
	file_length BIGINT NOT NULL, payload_capture_id INTEGER CONSTRAINT fk_capture_payload_capture_id_capture REFERENCES capture (id), 
	CONSTRAINT pk_capture PRIMARY KEY (id), 
	CONSTRAINT fk_capture_file_id_warc_file FOREIGN KEY(file_id) REFERENCES warc_file (id), 
	CONSTRAINT uq_capture_public_id UNIQUE (public_id)
);
INSERT INTO capture VALUES(1,'80959a65e5db2e73','https://bao.example/bai-1.html','https://bao.example/bai-1.html','bao.example','2026-02-07T01:00:00.000000Z',200,'application/json','095dc8973ac0c377552fb7a621165a833b97a585f4a44cc63e1847dfc7cbeadd',2556,NULL,1,337,1470,NULL);
INSERT INTO capture VALUES(2,'d0f71ea4569fc846','https://xa.example/1','https://xa.example/1','xa.example','2026-02-08T01:00:00.000000Z',200,'application/json','60419c2470e6ac7423c9fc3db8a4fec0e040fa1842bdec88de96b0f0d7aa9e4d',2492,NULL,1,1807,1434,NULL);
INSERT INTO capture VALUES(3,'51776985538d1d93','https://bao.example/bai-1.html','https://bao.example/bai-1.html','bao.example','2026-02-09T01:00:00.000000Z',200,'application/json','d363e26fd6d0618ffaf6f47c600e3c2fd376c25ff89fa5ead6e7ec0293157da5',2443,NULL,1,3241,1424,NULL);
INSERT INTO capture VALUES(4,'3473bd0a98acf048','https://bao.example/bai-1.html','https://bao.example/bai-1.html','bao.example','2026-02-10T01:00:00.000000Z',200,'application/json','b6b2ba7e33c1f1bdb5dc7c6652be87bc4aecf11b91b4215a6176810f78dbf2bd',313,NULL,1,4665,466,NULL);
CREATE TABLE edge (
	id INTEGER NOT NULL, 
	document_a INTEGER NOT NULL, 
	document_b INTEGER NOT NULL, 
	relation TEXT NOT NULL, 
	relation_within TEXT NOT NULL, 
	resemblance FLOAT NOT NULL, 
	containment_ab FLOAT NOT NULL, 
	containment_ba FLOAT NOT NULL, 
	lede_ab FLOAT NOT NULL, 
	lede_ba FLOAT NOT NULL, 
	numbers FLOAT NOT NULL, order_ab FLOAT, order_ba FLOAT, 
	CONSTRAINT pk_edge PRIMARY KEY (id), 
	CONSTRAINT fk_edge_document_a_document FOREIGN KEY(document_a) REFERENCES document (id), 
	CONSTRAINT fk_edge_document_b_document FOREIGN KEY(document_b) REFERENCES document (id), 
	CONSTRAINT uq_edge_document_a_document_b UNIQUE (document_a, document_b)
);
INSERT INTO edge VALUES(1,1,2,'exact','near_copy',1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0);
INSERT INTO edge VALUES(2,3,2,'exact','update_of',1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0);
CREATE TABLE change (
	seq INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	kind TEXT NOT NULL, 
	article_id INTEGER, 
	capture_id INTEGER, 
	at VARCHAR(27) NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_change PRIMARY KEY (seq), 
	CONSTRAINT fk_change_article_id_article FOREIGN KEY(article_id) REFERENCES article (id), 
	CONSTRAINT fk_change_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id), 
	CONSTRAINT uq_change_public_id UNIQUE (public_id)
);
INSERT INTO change VALUES(1,'afbbaf96a359f2d4','new',1,1,'2026-02-07T01:00:00.000000Z','{"changed": []}');
INSERT INTO change VALUES(2,'fd993d32220421e1','new',2,2,'2026-02-08T01:00:00.000000Z','{"changed": []}');
INSERT INTO change VALUES(3,'a6b16db08f329cd5','clustered',1,NULL,'2026-02-08T01:00:00.000000Z','{"cluster": "ab595c6983289b40", "role": "original", "reason": "first captured"}');
INSERT INTO change VALUES(4,'13999cb6418245b0','clustered',2,NULL,'2026-02-08T01:00:00.000000Z','{"cluster": "ab595c6983289b40", "role": "copy", "reason": "exact"}');
INSERT INTO change VALUES(5,'a30f77f174417d59','edited',1,3,'2026-02-09T01:00:00.000000Z','{"changed": ["title", "numbers", "names"]}');
INSERT INTO change VALUES(6,'f6306066d156afbc','held',1,4,'2026-02-10T01:00:00.000000Z','{"reason": "blocked", "detail": null}');
CREATE TABLE membership (
	article_id INTEGER NOT NULL, 
	cluster_id VARCHAR(16) NOT NULL, 
	role TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	edge_id INTEGER, 
	other_id INTEGER, 
	is_a BOOLEAN NOT NULL, 
	CONSTRAINT pk_membership PRIMARY KEY (article_id), 
	CONSTRAINT fk_membership_article_id_article FOREIGN KEY(article_id) REFERENCES article (id), 
	CONSTRAINT fk_membership_edge_id_edge FOREIGN KEY(edge_id) REFERENCES edge (id), 
	CONSTRAINT fk_membership_other_id_article FOREIGN KEY(other_id) REFERENCES article (id)
);
INSERT INTO membership VALUES(1,'ab595c6983289b40','original','first captured',NULL,NULL,0);
INSERT INTO membership VALUES(2,'ab595c6983289b40','copy','exact',1,1,0);
CREATE TABLE reading (
	id INTEGER NOT NULL, 
	capture_id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	verdict TEXT NOT NULL, 
	detail TEXT, 
	article_key TEXT, 
	document_id INTEGER, 
	furniture_id INTEGER, 
	CONSTRAINT pk_reading PRIMARY KEY (id), 
	CONSTRAINT fk_reading_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id), 
	CONSTRAINT fk_reading_document_id_document FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT fk_reading_edition_id_edition FOREIGN KEY(edition_id) REFERENCES edition (id), 
	CONSTRAINT fk_reading_furniture_id_furniture FOREIGN KEY(furniture_id) REFERENCES furniture (id), 
	CONSTRAINT uq_reading_capture_id_edition_id UNIQUE (capture_id, edition_id)
);
INSERT INTO reading VALUES(1,1,1,'ok',NULL,'https://bao.example/bai-1.html',1,1);
INSERT INTO reading VALUES(2,2,1,'ok',NULL,'https://xa.example/1',2,NULL);
INSERT INTO reading VALUES(3,3,1,'ok',NULL,'https://bao.example/bai-1.html',3,NULL);
INSERT INTO reading VALUES(4,4,1,'blocked',NULL,NULL,NULL,NULL);
CREATE TABLE tombstone (
	article_id INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	taken_down_at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_tombstone PRIMARY KEY (article_id), 
	CONSTRAINT fk_tombstone_article_id_article FOREIGN KEY(article_id) REFERENCES article (id)
);
INSERT INTO tombstone VALUES(2,'theo yêu cầu','2026-02-15T01:00:00.000000Z');
CREATE TABLE judgement (
	id INTEGER NOT NULL, 
	capture_id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	article_id INTEGER, 
	reading_id INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	reason TEXT, 
	detail TEXT, 
	cause TEXT, 
	changed JSON NOT NULL, 
	replaces INTEGER, 
	CONSTRAINT pk_judgement PRIMARY KEY (id), 
	CONSTRAINT fk_judgement_article_id_article FOREIGN KEY(article_id) REFERENCES article (id), 
	CONSTRAINT fk_judgement_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id), 
	CONSTRAINT fk_judgement_edition_id_edition FOREIGN KEY(edition_id) REFERENCES edition (id), 
	CONSTRAINT fk_judgement_reading_id_reading FOREIGN KEY(reading_id) REFERENCES reading (id), 
	CONSTRAINT fk_judgement_replaces_judgement FOREIGN KEY(replaces) REFERENCES judgement (id), 
	CONSTRAINT uq_judgement_replaces UNIQUE (replaces)
);
INSERT INTO judgement VALUES(1,1,1,1,1,'version',NULL,NULL,'first','[]',NULL);
INSERT INTO judgement VALUES(2,2,1,2,2,'version',NULL,NULL,'first','[]',NULL);
INSERT INTO judgement VALUES(3,3,1,1,3,'version',NULL,NULL,'edited','["title", "numbers", "names"]',NULL);
INSERT INTO judgement VALUES(4,4,1,1,4,'held','blocked',NULL,NULL,'[]',NULL);
CREATE TABLE frontier (
	id INTEGER NOT NULL, 
	url_key TEXT NOT NULL, 
	url TEXT NOT NULL, 
	site TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	found_in TEXT, 
	found_at VARCHAR(27) NOT NULL, 
	due_at VARCHAR(27), 
	leased_until VARCHAR(27), 
	first_visit_at VARCHAR(27), 
	visited_at VARCHAR(27), 
	visits INTEGER NOT NULL, 
	edits INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	status INTEGER, 
	etag TEXT, 
	last_modified TEXT, 
	problem TEXT, 
	CONSTRAINT pk_frontier PRIMARY KEY (id), 
	CONSTRAINT uq_frontier_url_key UNIQUE (url_key)
);
CREATE TABLE host (
	origin TEXT NOT NULL, 
	robots_status INTEGER, 
	robots_body BLOB, 
	robots_at VARCHAR(27), 
	hold_until VARCHAR(27), 
	hold_reason TEXT, 
	CONSTRAINT pk_host PRIMARY KEY (origin)
);
CREATE TABLE slot (
	site TEXT NOT NULL, 
	due_at VARCHAR(27) NOT NULL, 
	state TEXT NOT NULL, 
	leased_until VARCHAR(27), 
	started_at VARCHAR(27) NOT NULL, 
	finished_at VARCHAR(27), 
	counts JSON NOT NULL, 
	CONSTRAINT pk_slot PRIMARY KEY (site, due_at)
);
CREATE TABLE derived (
	name TEXT NOT NULL, 
	rules INTEGER NOT NULL, 
	CONSTRAINT pk_derived PRIMARY KEY (name)
);
INSERT INTO derived VALUES('copies',3);
CREATE TABLE sketch (
	id INTEGER NOT NULL, 
	entries BLOB NOT NULL, 
	CONSTRAINT pk_sketch PRIMARY KEY (id)
);
INSERT INTO sketch VALUES(1,X'0100000029dd4b910200000029dd4b910300000029dd4b910100000069d4f4e90200000069d4f4e90300000069d4f4e901000000a9bb06ed02000000a9bb06ed03000000a9bb06ed0100000019894fbd0200000019894fbd0300000019894fbd01000000e9347e8c02000000e9347e8c03000000e9347e8c01000000f99661db02000000f99661db03000000f99661db01000000e9787b6402000000e9787b6403000000e9787b640100000009db27000200000009db27000300000009db270001000000c9a553cd02000000c9a553cd03000000c9a553cd01000000d971418102000000d971418103000000d97141810100000039b2dae60200000039b2dae60300000039b2dae601000000c938e3b002000000c938e3b003000000c938e3b001000000f9c794ff02000000f9c794ff03000000f9c794ff01000000d9f2ac8d02000000d9f2ac8d03000000d9f2ac8d0100000019832db30200000019832db30300000019832db301000000599b129c02000000599b129c03000000599b129c01000000e905b66002000000e905b66003000000e905b660010000002911d0be020000002911d0be030000002911d0be010000004901f7ea020000004901f7ea030000004901f7ea01000000a9d9873002000000a9d9873003000000a9d9873001000000694ab7d002000000694ab7d003000000694ab7d001000000696dda3e02000000696dda3e03000000696dda3e01000000f9e07a4c02000000f9e07a4c03000000f9e07a4c01000000c9f3b22202000000c9f3b22203000000c9f3b2226800680068007600760076001d021d021d02af02af02af026f036f036f038f038f038f032104210421047c057c057c05840584058405fb05fb05fb05da06da06da06f006f006f006f106f106f106940894089408c809c809c809a30aa30aa30ad60ad60ad60ade0cde0cde0c280e280e280ef70ef70ef70e4e0f4e0f4e0f5a0f5a0f5a0fa70fa70fa70ffb0ffb0ffb0f');
CREATE TABLE signature (
	document_id INTEGER NOT NULL, 
	hashes BLOB NOT NULL, 
	CONSTRAINT pk_signature PRIMARY KEY (document_id), 
	CONSTRAINT fk_signature_document_id_document FOREIGN KEY(document_id) REFERENCES document (id)
);
INSERT INTO signature VALUES(1,X'120127015505a7091d176f19b5290e2f3c2f8c3380375c3a7f4c464d5e60d968ba6b1470a674c07c9a7db07d698cc58e9e95d6a623ab0fae4ab38eb7d2bdd7c12dcfe4d031d8a8de4ee30de5e8ef18f691f8e1faa3fc');
INSERT INTO signature VALUES(2,X'120127015505a7091d176f19b5290e2f3c2f8c3380375c3a7f4c464d5e60d968ba6b1470a674c07c9a7db07d698cc58e9e95d6a623ab0fae4ab38eb7d2bdd7c12dcfe4d031d8a8de4ee30de5e8ef18f691f8e1faa3fc');
INSERT INTO signature VALUES(3,X'120127015505a7091d176f19b5290e2f3c2f8c3380375c3a7f4c464d5e60d968ba6b1470a674c07c9a7db07d698cc58e9e95d6a623ab0fae4ab38eb7d2bdd7c12dcfe4d031d8a8de4ee30de5e8ef18f691f8e1faa3fc');
CREATE INDEX ix_decision_subject ON decision (subject);
CREATE INDEX ix_article_site_first_seen_at ON article (site, first_seen_at);
CREATE INDEX ix_capture_site_captured_at ON capture (site, captured_at);
CREATE INDEX ix_capture_url_key_captured_at ON capture (url_key, captured_at);
CREATE INDEX ix_edge_document_b ON edge (document_b);
CREATE INDEX ix_membership_cluster_id ON membership (cluster_id);
CREATE INDEX ix_reading_article_key_edition_id ON reading (article_key, edition_id);
CREATE INDEX ix_reading_document_id ON reading (document_id);
CREATE INDEX ix_judgement_article_id_edition_id ON judgement (article_id, edition_id);
CREATE INDEX ix_judgement_capture_id_edition_id ON judgement (capture_id, edition_id);
CREATE INDEX ix_judgement_outcome_edition_id ON judgement (outcome, edition_id);
CREATE INDEX ix_judgement_reading_id ON judgement (reading_id);
CREATE INDEX ix_frontier_site_state_due_at ON frontier (site, state, due_at);
CREATE INDEX ix_article_first_seen_at_public_id ON article (first_seen_at, public_id);
CREATE INDEX ix_capture_captured_at_public_id ON capture (captured_at, public_id);
CREATE INDEX ix_change_kind_at ON change (kind, at);
CREATE VIEW articles AS SELECT a.public_id AS article_id, a.url, a.site,
       d.title, d.kicker, d.lede, d.body, d.subheads, d.captions, d.caption_credits, d.author,
       d.published_at, d.published_offset, d.modified_at, d.modified_offset, d.section, d.tags, d.language,
       d.credit_name, d.credit_url, d.credit_site, d.canonical_url, d.noarchive, d.provenance, f.blocks AS furniture,
       d.content_hash,
       a.versions AS version, a.versions, j.cause, c.public_id AS capture_id,
       m.cluster_id, m.role, a.first_seen_at, a.last_seen_at, a.gone_at, e.name AS edition
FROM article a
JOIN judgement j ON j.id = a.head_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id
JOIN capture c ON c.id = j.capture_id
JOIN edition e ON e.id = a.edition_id
LEFT JOIN membership m ON m.article_id = a.id
WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.article_id = a.id);
CREATE VIEW versions AS SELECT a.public_id AS article_id, a.url, a.site,
       ROW_NUMBER() OVER (PARTITION BY a.public_id ORDER BY c.captured_at, c.public_id) AS version,
       j.cause, j.changed, c.captured_at, c.public_id AS capture_id,
       d.title, d.kicker, d.lede, d.body, d.subheads, d.captions, d.caption_credits, d.author,
       d.published_at, d.published_offset, d.modified_at, d.modified_offset, d.section, d.tags, d.language,
       d.credit_name, d.credit_url, d.credit_site, d.canonical_url, d.noarchive, d.provenance, f.blocks AS furniture,
       d.content_hash
FROM judgement j
JOIN article a ON a.id = j.article_id AND a.edition_id = j.edition_id
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id
WHERE j.outcome = 'version' AND NOT EXISTS (SELECT 1 FROM judgement later WHERE later.replaces = j.id) AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.article_id = a.id);
CREATE VIEW clusters AS SELECT m.cluster_id,
       MAX(CASE WHEN m.role = 'original' THEN a.public_id END) AS original_id,
       MAX(CASE WHEN m.role = 'original' THEN m.reason END) AS reason,
       SUM(CASE WHEN m.role = 'copy' THEN 1 ELSE 0 END) AS copies,
       SUM(CASE WHEN m.role = 'excerpt' THEN 1 ELSE 0 END) AS excerpts
FROM membership m
JOIN article a ON a.id = m.article_id
WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.article_id = a.id)
GROUP BY m.cluster_id;
CREATE VIEW cluster_members AS SELECT m.cluster_id, a.public_id AS article_id, a.url, a.site, d.title, m.role, m.reason,
       o.public_id AS compared_with_id, g.resemblance,
       CASE WHEN m.is_a THEN g.containment_ab ELSE g.containment_ba END AS containment,
       CASE WHEN m.is_a THEN g.containment_ba ELSE g.containment_ab END AS containment_of_other,
       CASE WHEN m.is_a THEN g.lede_ab ELSE g.lede_ba END AS lede_coverage,
       CASE WHEN m.is_a THEN g.lede_ba ELSE g.lede_ab END AS lede_coverage_of_other,
       g.numbers,
       CASE WHEN m.is_a THEN g.order_ab ELSE g.order_ba END AS words_in_order,
       CASE WHEN m.is_a THEN g.order_ba ELSE g.order_ab END AS words_in_order_of_other,
       d.published_at, a.first_seen_at, d.credit_name, d.credit_url
FROM membership m
JOIN article a ON a.id = m.article_id
JOIN judgement j ON j.id = a.head_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN edge g ON g.id = m.edge_id
LEFT JOIN article o ON o.id = m.other_id
WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.article_id = a.id);
CREATE VIEW captures AS SELECT c.public_id AS capture_id, c.url, c.site, c.captured_at, c.status, c.content_type, c.payload_digest,
       c.payload_size, c.truncated, w.name AS file, c.file_offset, c.file_length, p.public_id AS payload_capture_id
FROM capture c
JOIN warc_file w ON w.id = c.file_id
LEFT JOIN capture p ON p.id = c.payload_capture_id;
CREATE VIEW readings AS SELECT c.public_id AS capture_id, e.name AS edition, r.verdict, r.detail, r.article_key AS url,
       d.title, d.kicker, d.lede, d.body, d.subheads, d.captions, d.caption_credits, d.author,
       d.published_at, d.published_offset, d.modified_at, d.modified_offset, d.section, d.tags, d.language,
       d.credit_name, d.credit_url, d.credit_site, d.canonical_url, d.noarchive, d.provenance, f.blocks AS furniture,
       d.content_hash
FROM reading r
JOIN capture c ON c.id = r.capture_id
JOIN edition e ON e.id = r.edition_id
LEFT JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id;
CREATE VIEW judgements AS SELECT c.public_id AS capture_id, a.public_id AS article_id, e.name AS edition, r.verdict, j.outcome,
       j.reason, j.detail, j.cause, (j.edition_id = COALESCE(a.edition_id,
       (SELECT MAX(x.edition_id) FROM judgement x WHERE x.capture_id = c.id))) AS is_current
FROM judgement j
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
JOIN edition e ON e.id = j.edition_id
LEFT JOIN article a ON a.id = j.article_id
WHERE NOT EXISTS (SELECT 1 FROM judgement later WHERE later.replaces = j.id);
CREATE VIEW held AS SELECT c.public_id AS capture_id, c.url, c.site, c.captured_at, j.reason, j.detail,
       a.public_id AS article_id, d.title
FROM judgement j
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
LEFT JOIN article a ON a.id = j.article_id
LEFT JOIN document d ON d.id = r.document_id
WHERE j.outcome = 'held' AND NOT EXISTS (SELECT 1 FROM judgement later WHERE later.replaces = j.id) AND (j.edition_id = COALESCE(a.edition_id,
       (SELECT MAX(x.edition_id) FROM judgement x WHERE x.capture_id = c.id)));
CREATE VIEW changes AS SELECT x.seq, x.public_id AS change_id, x.kind, a.public_id AS article_id, a.url, c.public_id AS capture_id,
       x.at, x.detail
FROM change x
LEFT JOIN article a ON a.id = x.article_id
LEFT JOIN capture c ON c.id = x.capture_id;
CREATE VIEW editions AS SELECT e.name AS edition, e.digest, e.libraries FROM edition e;
CREATE VIEW runs AS SELECT n.id AS run_id, n.kind, n.started_at, n.finished_at, n.counts FROM run n;
CREATE TRIGGER edition_no_update BEFORE UPDATE ON edition BEGIN SELECT RAISE(ABORT, 'edition only grows: UPDATE is not allowed'); END;
CREATE TRIGGER edition_no_delete BEFORE DELETE ON edition BEGIN SELECT RAISE(ABORT, 'edition only grows: DELETE is not allowed'); END;
CREATE TRIGGER warc_file_no_update BEFORE UPDATE ON warc_file BEGIN SELECT RAISE(ABORT, 'warc_file only grows: UPDATE is not allowed'); END;
CREATE TRIGGER warc_file_no_delete BEFORE DELETE ON warc_file BEGIN SELECT RAISE(ABORT, 'warc_file only grows: DELETE is not allowed'); END;
CREATE TRIGGER capture_no_update BEFORE UPDATE ON capture BEGIN SELECT RAISE(ABORT, 'capture only grows: UPDATE is not allowed'); END;
CREATE TRIGGER capture_no_delete BEFORE DELETE ON capture BEGIN SELECT RAISE(ABORT, 'capture only grows: DELETE is not allowed'); END;
CREATE TRIGGER document_no_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'document only grows: UPDATE is not allowed'); END;
CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'document only grows: DELETE is not allowed'); END;
CREATE TRIGGER furniture_no_update BEFORE UPDATE ON furniture BEGIN SELECT RAISE(ABORT, 'furniture only grows: UPDATE is not allowed'); END;
CREATE TRIGGER furniture_no_delete BEFORE DELETE ON furniture BEGIN SELECT RAISE(ABORT, 'furniture only grows: DELETE is not allowed'); END;
CREATE TRIGGER reading_no_update BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'reading only grows: UPDATE is not allowed'); END;
CREATE TRIGGER reading_no_delete BEFORE DELETE ON reading BEGIN SELECT RAISE(ABORT, 'reading only grows: DELETE is not allowed'); END;
CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement BEGIN SELECT RAISE(ABORT, 'judgement only grows: UPDATE is not allowed'); END;
CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement BEGIN SELECT RAISE(ABORT, 'judgement only grows: DELETE is not allowed'); END;
CREATE TRIGGER change_no_update BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'change only grows: UPDATE is not allowed'); END;
CREATE TRIGGER change_no_delete BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'change only grows: DELETE is not allowed'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decision only grows: UPDATE is not allowed'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision only grows: DELETE is not allowed'); END;
CREATE TRIGGER tombstone_no_update BEFORE UPDATE ON tombstone BEGIN SELECT RAISE(ABORT, 'tombstone only grows: UPDATE is not allowed'); END;
CREATE TRIGGER tombstone_no_delete BEFORE DELETE ON tombstone BEGIN SELECT RAISE(ABORT, 'tombstone only grows: DELETE is not allowed'); END;
COMMIT;
