-- A ledger as version 0.1.0 wrote it: two studies (one changed once), an image withdrawn, a document refused.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alias (
	alias TEXT NOT NULL, 
	curie TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (alias, curie), 
	FOREIGN KEY(position) REFERENCES entry (position)
);
INSERT INTO "alias" VALUES('https://partner.example/img1.zarr','biostudies:S-BIADTEST1.img1',5);
CREATE TABLE cursor (
	source TEXT NOT NULL, 
	cursor TEXT, 
	moved_at TEXT NOT NULL, 
	PRIMARY KEY (source), 
	FOREIGN KEY(source) REFERENCES source (name)
);
INSERT INTO "cursor" VALUES('scripted','{"mapping": "scripted/1 schema/0.1.0 terms/ffffffffffff", "cursor": "4"}','2026-01-01T01:00:00.000000Z');
CREATE TABLE entry (
	position INTEGER NOT NULL, 
	curie TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	owner_epoch BIGINT NOT NULL, 
	owner_seq BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	parent TEXT, 
	action TEXT NOT NULL, 
	status TEXT NOT NULL, 
	payload BLOB NOT NULL, 
	stored_digest TEXT NOT NULL, 
	payload_digest TEXT NOT NULL, 
	prev_hash TEXT NOT NULL, 
	entry_hash TEXT NOT NULL, 
	source TEXT NOT NULL, 
	source_url TEXT, 
	original_digest TEXT, 
	harvester TEXT NOT NULL, 
	run_id BIGINT, 
	retrieved_at TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	aliases TEXT NOT NULL, 
	PRIMARY KEY (position), 
	CONSTRAINT entry_owner_seq UNIQUE (owner, owner_epoch, owner_seq), 
	FOREIGN KEY(original_digest) REFERENCES original (digest), 
	FOREIGN KEY(run_id) REFERENCES run (id)
);
INSERT INTO "entry" VALUES(1,'biostudies:S-BIADTEST1','biostudies',0,1,'study',NULL,'create','public',X'28B52FFD24C2850400B2091F1C60891D58EBAC856E22D732152E617C8052D4580C3FDA0462300CC6018B7C5C7CD63C8FA02E2F324A8F8BEFC8E9B33ABC8811E6F73325544674A65401E3500D35A17895D7AE2DB3C44619601BCEFD5E3775F615854DA9E5CDFF2157AAB3B66596EBBAF8DEBBE44AB799F24818211920050180E54AEE75D7D694540405004863B8B11855044B8CE1380CB2D2033D44BCB3','d961c1faa7f6a1aa61c9f5d46eaa8b735aa046ce1ebc6c41ec178680c2a2bc76','3c1a60599fb162cdec8d90f796c5e570609c4a60d82b51a85a1953f1ef25b1a3','0000000000000000000000000000000000000000000000000000000000000000','90f1955d9bb0767338c85ff2d763d3c4dc77bb219d01220393e54d5ed3939009','scripted','https://partner.example/a','cc47409785139314e8fdc4c82651e51e2475fac7b95f299ec9e4e1c5c1e8a2b5','scripted/1',1,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z','[]');
INSERT INTO "entry" VALUES(2,'biostudies:S-BIADTEST2','biostudies',0,2,'study',NULL,'create','public',X'28B52FFD24C2950400B2891F1E5085D801E0F7AC25C1223D522D659B97E0308150B77C8C76B8189919D30301F9B8F8AC790E04757991517A5C7C474E9FD5E1458C30BF9F29A1B2A233A5121803D550178A5779EDDA324B6C1402B6E1DCEF7553675F51D8945ADEFC2772A53A6B5B66B9AE8BEFBD4BAE749B298F8419920272200458AEE45E776D4D4980050048053E698C2A8225C6701C0659E901AF742457','6b00d9ba4cda4a78b5439883bdf70e904bd077240ebec62bedfbc5ae10e00b80','278e8f79beeb303fe27af22d8d14a27000a26e3ea8d9236337a983738bed6497','90f1955d9bb0767338c85ff2d763d3c4dc77bb219d01220393e54d5ed3939009','b9669548418d42a9b1da3b5324928733210ad5c8b701a0f7a3ef1d9c6350dadf','scripted','https://partner.example/b','4f78e829108f334a58ac4052f202cbd6760ed75c146290034182ddea1a41623d','scripted/1',1,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000001Z','[]');
INSERT INTO "entry" VALUES(3,'biostudies:S-BIADTEST1.img1','biostudies',0,3,'image','biostudies:S-BIADTEST1','create','public',X'28B52FFD642A02F50900E61035234089A80D407CA7B61320E543CBE3C45A60A9A5C2527F77209BF7F5CBFF1126C33000102B002A002C009DDD94F5397D5F7FDA1824645D676A9656E17867BFBE34A24D968502B12010480C1C14C7376999B569F2915F09D4B2AC0606AF90E5AF5751B62F054FA9D314C64B255B18D3261D1FAFAE6A06AF52F908029E9BB401FAF2518E7F3A1D5BCCF1EC68D3D340FA50E8EB4CA23C7D30DECB8303A2C0E0F8CEE8490B5F0FE8B653763A010DD7464689AF57CED4008C2FED6548727CA50EA6908B92D2E469EB978E3164D7FDB4959CD3349B855C282050222126D90DA4321B70E180EE687C2FF1C49C8266CDC6292B0C92244C84585456823740EB0274C90D36D7068C16CF408C815D346EE52D3B9EDAABA8C77F81F130EC0C41E448373D4CB686A108DB992C06BBFB2F37F9D7AB902F2C2555F2C549C70B93843D587B1027','11c9b59f5e3ad05493070fc5302e9cd36f942894565b0e3929d1f7adb3545ac7','8aa4b1a4ab086ffa481d268081b393fa3a5c2732c483b5f2f1b289ed257a1168','b9669548418d42a9b1da3b5324928733210ad5c8b701a0f7a3ef1d9c6350dadf','de4c186eebf3566f56812e2ea90459d03d007fae3f0f9e30f99006a3c1e849a7','scripted','https://partner.example/d','1e82311fce289a8727dc373dfc8e952542738cfc486df6b2f4ad10b02e72bb85','scripted/1',1,'2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000002Z','["https://partner.example/img1.zarr"]');
INSERT INTO "entry" VALUES(4,'biostudies:S-BIADTEST2','biostudies',0,4,'study',NULL,'update','public',X'28B52FFD24B53D0400C2081D1E5085B80DE0F7C276FFA5C2C8A0748B5D05870984324DC46AAE90CDCC0CCE018F1AD4EC89FAE9686E31F9489AD67EFA4BC7D8A72B013250FBB2A19C2ECE36D486811E95788BB05BC759CC85F6920F955AFC742BBE9EEC12B5599CDAA0E655E6EB4D9F4E50D84131248842807DDDAD3227E2728005003B83A699536160C4880FC3202B3DB23F74E2','3f77f950cb3550f71640fab82bc2ab1b75e4060c56ba8e27756e4555c215236d','4a5c1e11ec1c17cc684f696a589111059c61ef7159a630a314315e587e5a52a8','de4c186eebf3566f56812e2ea90459d03d007fae3f0f9e30f99006a3c1e849a7','b981f507585cae38f44407f194df3a90c6863b076ff60662d3ab0b28314958a0','scripted','https://partner.example/b','9c7c84437811084509e5de4168472ced76548254842c455c6f23beacc8ea9a03','scripted/1',2,'2026-01-01T01:00:00.000000Z','2026-01-01T01:00:00.000000Z','[]');
INSERT INTO "entry" VALUES(5,'biostudies:S-BIADTEST1.img1','biostudies',0,5,'image','biostudies:S-BIADTEST1','delete','withdrawn',X'28B52FFD24BC2D0400F2C71A1C6089DB13457C27871C16C8222D055F2832A5F8BC30551D942108960B8BEBC3AF9BC68B832DF9BA1E128F49C74C9983B8D3C3948AE0A6AE51DD8D3B7D225EAD9BD06BDEE6EBB92A1D2A05108544E8D2F03662F461DEF8E1B4051C8B52580882649094AF3FBCDDCA185E1108003213C8692BD0B6EA2098A48746845C41C5F109541992A6A2EA','00d9050c2968212bc8712f414f924ba1be4a39e804668f68ae022987159395b3','ff3d7cb16f570d6f339fb66857b14feadbb4a8d58e42fe36fe254abcc6054e8b','b981f507585cae38f44407f194df3a90c6863b076ff60662d3ab0b28314958a0','77d59681db92834e948f45fd85789709dba968eba83e208b0d476b8bdd64a1c2','scripted','https://partner.example/d','1e82311fce289a8727dc373dfc8e952542738cfc486df6b2f4ad10b02e72bb85','scripted/1',2,'2026-01-01T00:00:00.000000Z','2026-01-01T01:00:00.000001Z','["https://partner.example/img1.zarr"]');
CREATE TABLE finding (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	curie TEXT, 
	code TEXT NOT NULL, 
	severity TEXT NOT NULL, 
	path TEXT NOT NULL, 
	value TEXT NOT NULL, 
	message TEXT NOT NULL, 
	run_id BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES run (id)
);
INSERT INTO "finding" VALUES(1,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-authors','warning','authors','','The study names no author; add the people or organisations who made it.',1);
INSERT INTO "finding" VALUES(2,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-date_published','warning','date_published','','The study has no date of publication; give the day on which it became public.',1);
INSERT INTO "finding" VALUES(3,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-description','warning','description','','The study has no description; say in a few sentences what was imaged and why.',1);
INSERT INTO "finding" VALUES(4,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-methods','warning','methods','','The study names no imaging method; add the FBbi term of the method that was used.',1);
INSERT INTO "finding" VALUES(5,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-organisms','warning','organisms','','The study names no organism; add the NCBI taxon that was imaged.',1);
INSERT INTO "finding" VALUES(6,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-publisher','warning','publisher','','The study names no publisher; add the archive that publishes it.',1);
INSERT INTO "finding" VALUES(7,'scripted','a','biostudies:S-BIADTEST1','profile:gide-0.2-Study-thumbnails','info','thumbnails','','The study has no thumbnail; add the address of a small picture.',1);
INSERT INTO "finding" VALUES(8,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-authors','warning','authors','','The study names no author; add the people or organisations who made it.',2);
INSERT INTO "finding" VALUES(9,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-date_published','warning','date_published','','The study has no date of publication; give the day on which it became public.',2);
INSERT INTO "finding" VALUES(10,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-description','warning','description','','The study has no description; say in a few sentences what was imaged and why.',2);
INSERT INTO "finding" VALUES(11,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-methods','warning','methods','','The study names no imaging method; add the FBbi term of the method that was used.',2);
INSERT INTO "finding" VALUES(12,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-organisms','warning','organisms','','The study names no organism; add the NCBI taxon that was imaged.',2);
INSERT INTO "finding" VALUES(13,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-publisher','warning','publisher','','The study names no publisher; add the archive that publishes it.',2);
INSERT INTO "finding" VALUES(14,'scripted','b','biostudies:S-BIADTEST2','profile:gide-0.2-Study-thumbnails','info','thumbnails','','The study has no thumbnail; add the address of a small picture.',2);
CREATE TABLE head (
	curie TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	owner TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	parent TEXT, 
	status TEXT NOT NULL, 
	payload_digest TEXT NOT NULL, 
	PRIMARY KEY (curie), 
	FOREIGN KEY(position) REFERENCES entry (position)
);
INSERT INTO "head" VALUES('biostudies:S-BIADTEST1',1,'biostudies','study',NULL,'public','3c1a60599fb162cdec8d90f796c5e570609c4a60d82b51a85a1953f1ef25b1a3');
INSERT INTO "head" VALUES('biostudies:S-BIADTEST2',4,'biostudies','study',NULL,'public','4a5c1e11ec1c17cc684f696a589111059c61ef7159a630a314315e587e5a52a8');
INSERT INTO "head" VALUES('biostudies:S-BIADTEST1.img1',5,'biostudies','image','biostudies:S-BIADTEST1','withdrawn','ff3d7cb16f570d6f339fb66857b14feadbb4a8d58e42fe36fe254abcc6054e8b');
CREATE TABLE item (
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	mapping_version TEXT NOT NULL, 
	curies TEXT NOT NULL, 
	missing_since TEXT, 
	outcome TEXT NOT NULL, 
	PRIMARY KEY (source, item), 
	FOREIGN KEY(source) REFERENCES source (name)
);
INSERT INTO "item" VALUES('scripted','a','cc47409785139314e8fdc4c82651e51e2475fac7b95f299ec9e4e1c5c1e8a2b5','scripted/1 schema/0.1.0 terms/ffffffffffff','["biostudies:S-BIADTEST1"]',NULL,'accepted');
INSERT INTO "item" VALUES('scripted','b','9c7c84437811084509e5de4168472ced76548254842c455c6f23beacc8ea9a03','scripted/1 schema/0.1.0 terms/ffffffffffff','["biostudies:S-BIADTEST2"]',NULL,'accepted');
INSERT INTO "item" VALUES('scripted','c','021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96','scripted/1 schema/0.1.0 terms/ffffffffffff','[]',NULL,'quarantined:not-parsable');
CREATE TABLE lease (
	name TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE original (
	digest TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	content BLOB NOT NULL, 
	stored_digest TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "original" VALUES('cc47409785139314e8fdc4c82651e51e2475fac7b95f299ec9e4e1c5c1e8a2b5','application/ld+json',205,X'28B52FFD24CD8D0400D2C81C1B70891BC0171AC9724B5686AA70EDFB989521E3DB0DFBF312A0EABC8B4C810349ED34917899D66CADD3BC27195C1FCEDD5A2F85F619752B25E5CFFFC159D73AE8B4698FD18890E9B342BCC889F3FB4E19D1DCEBAE6B31C8A210964152100014E5BAECBDF7366C138D8CD87B2551A53ED1A7220A004DA57871480C4B6868B2BA0221C8FAB38352760C65AD5893095DAF7148','49d8b8ad3389c6b05064913fb1675fd92c9790fe76a95e9e11f3404ba778749a');
INSERT INTO "original" VALUES('4f78e829108f334a58ac4052f202cbd6760ed75c146290034182ddea1a41623d','application/ld+json',205,X'28B52FFD24CDAD040022491E1D6045DC582B1AC97A4BE687B2705587A2AA464510D0D0ED01828220AE0401A904C640B5D385E2655AB3B54EF31E85706D38776BBD14DA67D42DA5107FFE13CEBAD6494C79A0D3A63DC61421D36785789113E7F79DB2A2B9D75DD7628E45312C85E440082888EBB2F7DEDBB04D4C19B1F74A2292FA449F000109009B0A1323121A8EAC5A4008B2FEECA0941D43592BD6640239B2E037','1b222eb64f050782116cb4a6ccedab05cb695aad46941962f570be20d96bcd38');
INSERT INTO "original" VALUES('021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96','application/ld+json',1,X'28B52FFD24010900007B09F694A0','dbc759e47847fd3d9a6c530a5fd31835ef7005114753bc34236369f99d9e17b5');
INSERT INTO "original" VALUES('1e82311fce289a8727dc373dfc8e952542738cfc486df6b2f4ad10b02e72bb85','application/ld+json',873,X'28B52FFD6469021D0A00124F30233089BA0158609E4FB9C4A05A30CEB76893E653C752D5403E1C309EBF0788C0C0C00202577335970351C653294E5929D2CADF19DF633CFE47BC3042ACFAEBF9AC14B59DC154F424D16794B4A15263AEA91485B96B71AC3E19DD9A921B7309635AA5106FF27CAB7C5AA55B32F280E7A59CFC841A73004E773A1624696D38DD79603814187C4E0D15DE7B2030A639C3FD7C56D78EDA562B2F4086EBAECF93CA625A4451240E0A0201C48021C1B82E44BDC34D80B631D7749113A231A669B4BE3D02352050C292AC3C7632B0654620D761D6DA9092DED4359C8AA4093010CEC0173A96900083264AAE088D4B40027310D08207F43C258798C185EF0032D211F3852B34718551001757E6AE0A646DAB3C6347E0E28C075D1239F7A559611041486AB9BC95637BBA3283D1CF24D8119CE9842FD8F6D7C02C2B91C293CFC83BCA1AEEC6F446ED','456e41cb5bf4e6e6892231ec7873eac9030205e14e3b5b6314d83cab7d401e04');
INSERT INTO "original" VALUES('9c7c84437811084509e5de4168472ced76548254842c455c6f23beacc8ea9a03','application/ld+json',192,X'28B52FFD24C05D040032C81B1D70453AD05404C96592204B14B9E17BB7CF44867FF58858ACE9D57F08010187026480DDB481BC8BD32CB761A00713AD11E7769C4E5DEC2FDA1251F9F3AF70D6DCE6D2911877AAA7A4F9FDA6CC68EE75D7CC85A0AC8362481085C052AECBA0F75E86EDA5E32206FDBAA44E9FE80F2009004089533307C547562D2004597F7650CA8EA1AC156B3201AE5C3405','535b40064bcb122ada7884cee188998d76daad31e184c348d9440a8d93a83cb2');
CREATE TABLE quarantine (
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	identifier TEXT, 
	reason TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	url TEXT, 
	original_digest TEXT, 
	harvester TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	tries BIGINT NOT NULL, 
	resolved_at TEXT, 
	PRIMARY KEY (source, item), 
	FOREIGN KEY(source) REFERENCES source (name), 
	FOREIGN KEY(original_digest) REFERENCES original (digest)
);
INSERT INTO "quarantine" VALUES('scripted','c',NULL,'not-parsable','this is not JSON','https://partner.example/c','021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96','scripted/1','2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z',1,NULL);
CREATE TABLE run (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started TEXT NOT NULL, 
	heartbeat TEXT NOT NULL, 
	ended TEXT, 
	report TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(source) REFERENCES source (name)
);
INSERT INTO "run" VALUES(1,'scripted','completed','2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z','2026-01-01T00:00:00.000000Z','{"absent":0,"accepted":3,"changed":0,"detail":"","finding_codes":{"profile:gide-0.2-Study-authors":2,"profile:gide-0.2-Study-date_published":2,"profile:gide-0.2-Study-description":2,"profile:gide-0.2-Study-methods":2,"profile:gide-0.2-Study-organisms":2,"profile:gide-0.2-Study-publisher":2,"profile:gide-0.2-Study-thumbnails":2},"findings":14,"held":0,"ignored":{},"kind":"harvest","new":3,"properties":{"ignored":0,"mapped":18,"unmapped":0},"quarantined":1,"read":4,"reasons":{"not-parsable":1},"repaired":0,"seconds":0.139,"source":"scripted","state":"completed","unchanged":0,"unmapped":{},"withdrawn":0}');
INSERT INTO "run" VALUES(2,'scripted','completed','2026-01-01T01:00:00.000000Z','2026-01-01T01:00:00.000000Z','2026-01-01T01:00:00.000000Z','{"absent":0,"accepted":2,"changed":1,"detail":"","finding_codes":{"profile:gide-0.2-Study-authors":1,"profile:gide-0.2-Study-date_published":1,"profile:gide-0.2-Study-description":1,"profile:gide-0.2-Study-methods":1,"profile:gide-0.2-Study-organisms":1,"profile:gide-0.2-Study-publisher":1,"profile:gide-0.2-Study-thumbnails":1},"findings":7,"held":0,"ignored":{},"kind":"harvest","new":0,"properties":{"ignored":0,"mapped":6,"unmapped":0},"quarantined":1,"read":3,"reasons":{"not-parsable":1},"repaired":0,"seconds":0.051,"source":"scripted","state":"completed","unchanged":1,"unmapped":{},"withdrawn":1}');
CREATE TABLE source (
	name TEXT NOT NULL, 
	harvester TEXT NOT NULL, 
	location TEXT NOT NULL, 
	owners TEXT NOT NULL, 
	options TEXT NOT NULL, 
	added_at TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "source" VALUES('scripted','scripted','https://partner.example/','[]','{}','2026-01-01T00:00:00.000000Z');
CREATE INDEX run_source ON run (source, id);
CREATE INDEX entry_curie ON entry (curie, position);
CREATE INDEX head_parent ON head (parent, curie);
CREATE INDEX head_kind ON head (kind, status, curie);
CREATE INDEX finding_item ON finding (source, item);
CREATE INDEX finding_curie ON finding (curie);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER original_no_update BEFORE UPDATE ON original BEGIN SELECT RAISE(ABORT, 'original is append-only'); END;
COMMIT;
