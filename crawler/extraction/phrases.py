"""What pages print around stories, by language: words that lead on to other stories, labels of advertisements, what a
page says about its length, its pictures and the content of others in it.

Data and nothing else: fragments of regular expressions, matched without regard to case. Which line is asked for which
of them, and what else speaks for it, is for `furniture_words`, `notices`, `closings` and `edges` to say."""

from __future__ import annotations

LEADS_ON: dict[str, tuple[str, ...]] = {
    "ar": (
        "[اإ]قر[أا] (?:أيض\\w*|المزيد)",
        "شاهد أيض\\w*",
        "(?:مواضيع|أخبار|مقالات) (?:ذات صلة|متعلقة|مرتبطة)",
        "ذات صلة",
    ),
    "bg": ("прочетете (?:още|също)", "вижте (?:още|също)", "свързани (?:статии|новини)", "още по темата"),
    "bn": ("আর[ওো] পড়ুন", "সম্পর্কিত (?:খবর|সংবাদ)"),
    "cs": (
        "čtěte (?:také|též|více)",
        "přečtěte si (?:také|též)",
        "související(?: články| témata)?",
        "mohlo by vás (?:také )?zajímat",
    ),
    "da": ("læs (?:også|mere)", "relaterede artikler", "flere artikler"),
    "de": (
        "lesen sie (?:auch|mehr)(?: (?:zum thema|dazu))?",
        "mehr (?:zum thema|dazu)",
        "siehe auch",
        "auch interessant",
        "lies auch",
        "weiterlesen",
        "weitere (?:artikel|themen|meldungen|nachrichten)",
        "passend zum thema",
        "das könnte (?:sie|dich) (?:auch )?interessieren",
        "(?:ähnliche|verwandte) (?:artikel|beiträge|themen)",
        "empfehlungen(?: der redaktion)?",
    ),
    "el": ("διαβάστε (?:επίσης|ακόμ[ηα]|περισσότερα)", "δείτε (?:επίσης|ακόμ[ηα])", "σχετικά (?:άρθρα|νέα|θέματα)"),
    "en": (
        "read (?:more|also|next|this)",
        "(?:must|also) read",
        "can also read",
        "see also",
        "more on this(?: story)?",
        "don['’]t miss",
        "related(?: (?:article|story|stories|post|read|news)s?)?",
        "recommended(?: reading)?",
        "you (?:may|might) also like",
    ),
    "es": (
        "le[ea] (?:también|más)",
        "[lt]e puede (?:también )?interesar",
        "(?:también )?(?:te|le) (?:puede|podría) interesar",
        "ver también",
        "también puede leer",
        "te recomendamos",
        "sigue leyendo",
        "más (?:noticias|información)",
        "(?:artículos|noticias|notas|temas) relacionad[oa]s",
    ),
    "fa": ("(?:بیشتر|همچنین) بخوانید", "(?:مطالب|اخبار|مطلب) مرتبط"),
    "fi": ("lue (?:myös|lisää)", "(?:aiheesta lisää|lisää aiheesta)"),
    "fr": (
        "(?:à )?lire (?:aussi|également)",
        "à lire",
        "(?:à )?voir aussi",
        "sur le même (?:sujet|thème)",
        "pour aller plus loin",
        "articles? (?:liés|similaires|connexes|associés|recommandés)",
        "vous aimerez aussi",
        "dans la même (?:rubrique|catégorie)",
    ),
    "he": ("קראו (?:עוד|גם)", "עוד בנושא", "כתבות (?:נוספות|קשורות)", "אולי יעניין אותך"),
    "hi": ("(?:यह|ये|इसे) भी (?:पढ़ें|पढ़ें|देखें)", "और (?:पढ़ें|पढ़ें)", "संबंधित (?:खबरें|ख़बरें|लेख)"),
    "hr": (
        "pročitaj(?:te)? (?:još|i)",
        "povezan[ei] (?:vijesti|članci|vesti)",
        "прочитајте (?:још|и)",
        "повезане вести",
    ),
    "hu": ("(?:ez is érdekelheti|olvasta már)", "kapcsolódó (?:cikke?k?|hírek)", "ajánlott cikkek"),
    "id": (
        "baca (?:juga|selengkapnya|lagi)",
        "(?:simak|lihat) juga",
        "(?:artikel|berita) (?:terkait|lainnya|berkaitan)",
    ),
    "it": (
        "leggi anche",
        "vedi anche",
        "articoli correlati",
        "(?:ti )?potrebber?o? (?:anche )?interessar(?:e|ti)(?: anche)?",
        "altre notizie",
        "approfondimenti",
    ),
    "ja": (
        "関連(?:記事|リンク|ニュース)?",
        "あわせて読みたい",
        "こちらも(?:読む|おすすめ)",
        "おすすめ記事",
        "人気記事",
    ),
    "ko": ("관련 ?(?:기사|뉴스)", "함께 보면 좋은 (?:기사|글)", "(?:많이 본|추천|인기) (?:뉴스|기사)"),
    "mr": ("हे(?:ही)?(?: पण)? वाचा", "आणखी वाचा", "આ પણ વાંચો"),
    "nl": ("lees (?:ook|meer|verder)", "ook interessant", "gerelateerde? (?:artikelen|berichten)", "meer nieuws"),
    "no": ("les (?:også|mer)", "relaterte (?:artikler|saker)", "flere saker"),
    "pl": (
        "(?:prze)?czytaj (?:też|także|więcej|również)",
        "zobacz (?:też|także|również)",
        "powiązane(?: artykuły)?",
        "polecane(?: artykuły)?",
        "może cię zainteresować",
    ),
    "pt": (
        "leia (?:também|mais)",
        "veja (?:também|mais)",
        "saiba mais",
        "você (?:também )?pode gostar",
        "(?:artigos|notícias|matérias|conteúdos) relacionad[oa]s",
    ),
    "ro": (
        "citi[țţt]i? [șşs]i",
        "citește (?:și|mai mult)",
        "vezi și",
        "(?:articole|știri) (?:similare|asemănătoare|recomandate)",
    ),
    "ru": (
        "чита(?:йте|ть) также",
        "смотрите также",
        "(?:материалы )?по теме",
        "ещ[её] по теме",
        "похожие (?:статьи|материалы|новости)",
        "другие (?:новости|материалы)(?: по теме)?",
    ),
    "sk": ("prečítajte si (?:tiež|aj)", "čítajte (?:aj|tiež|viac)", "súvisiace(?: články)?", "mohlo by vás zaujímať"),
    "sl": ("preberite (?:še|tudi)", "povezano"),
    "sv": ("läs (?:också|mer|även)", "relaterade artiklar", "fler artiklar"),
    "ta": ("மேலும் படிக்க", "இதையும் படிங்க", "தொடர்புடைய செய்திகள்", "ఇవి కూడా చదవండి", "ఇది కూడా చదవండి"),
    "th": ("อ่าน(?:เพิ่มเติม|ต่อ|ข่าวเพิ่มเติม)", "(?:ข่าว|บทความ|เนื้อหา)ที่เกี่ยวข้อง"),
    "tr": (
        "(?:ayrıca|bunu da|bunları da) (?:oku(?:yun)?|bak)",
        "ilginizi çekebilir",
        "(?:ilgili|benzer) (?:haberler?|yazılar|konular)",
        "diğer haberler",
    ),
    "uk": ("читайте також", "дивіться також", "схожі (?:новини|статті)", "за темою", "більше новин"),
    "ur": ("یہ بھی پڑھیں", "مزید پڑھیں"),
    "vi": (
        "đọc thêm",
        "(?:mời )?xem thêm",
        "tin (?:liên quan|cùng chuyên mục)",
        "bài(?: viết)? liên quan",
        "có thể bạn quan tâm",
    ),
    "zh": (
        "相[关關](?:阅读|文章|新闻|报道|推荐|链接|閱讀|新聞|報導|推薦|連結)",
        "延伸[阅閱][读讀]",
        "推[荐薦][阅閱][读讀]",
        "猜你喜[欢歡]",
        "你可能(?:也|还|還)?(?:喜欢|喜歡|感兴趣|感興趣)\\w{0,4}",
        "(?:看)?更多(?:新[闻聞]|报道|報導)",
    ),
}
"""What announces other stories: as a heading above them, or before the one that the line links to."""

ADVERTISEMENT = (
    "advertisements?",
    "anzeige",
    "werbung",
    "publicidad",
    "anuncio",
    "anúncio",
    "publicité",
    "publicidade",
    "pubblicità",
    "реклама",
    "広告",
    "광고",
    "广告",
    "廣告",
    "quảng cáo",
    "iklan",
    "reklam[aeyá]?",
    "annon[sc]e?r?",
    "advertentie",
    "διαφήμιση",
    "إعلان",
    "mainos",
    "inzerce",
    "oglas",
    "פרסומת",
    "โฆษณา",
    "विज्ञापन",
    "বিজ্ঞাপন",
)
"""The label of an advertisement, where it is the whole line."""

STORY_CONTINUES = (
    "(?:the |this )?(?:article|story|post) continues (?:after|below)",
    "continue reading (?:after|below|the main story)",
    "(?:skip|scroll (?:down )?(?:to|for|past)) (?:advertisement|continue|more)",
    "la suite (?:de l['’]article )?après (?:la|cette) (?:publicité|vidéo)",
    "weiter(?:lesen)? nach der anzeige",
    "nach (?:der )?(?:werbung|anzeige) weiterlesen",
    "contin[uú]a (?:después|depois|após|dopo) (?:de )?(?:la|a|o|el) \\w+",
    "(?:el )?artículo continúa",
    "la nota continúa",
    "(?:l['’]articolo|il testo|la lettura) (?:continua|prosegue) (?:dopo|sotto)",
    "(?:artikkelen|saken|artikeln|artiklen|artikkeli) (?:fortsetter|fortsätter|fortsætter|jatkuu)",
    "(?:tekst|artikel|het artikel) (?:gaat|loopt) (?:verder|door) (?:onder|na)",
    "lees verder (?:onder|na) (?:de|het)",
    "dalsz[ay] część (?:tekstu|artykułu)",
    "(?:článek|text) pokračuje",
    "haberin devamı",
    "scroll untuk (?:melanjutkan|membaca)",
    "lanjutkan membaca",
    "продолжение (?:после|под) реклам",
    "広告の後",
    "記事は広告",
)
"""The beginning of a line between two halves of a story that says that there is a second one."""

DATED = (
    "(?:last |first |originally )?(?:updated|published|reviewed|posted|modified)",
    "(?:zuletzt )?(?:aktualisiert|veröffentlicht|geändert)",
    "publiée?",
    "mis à jour",
    "publicado",
    "actualizado",
    "atualizado",
    "pubblicato",
    "aggiornato",
    "gepubliceerd",
    "bijgewerkt",
    "publicerad",
    "uppdaterad",
    "publisert",
    "oppdatert",
    "opublikowano",
    "aktualizacja",
    "опубликовано",
    "обновлено",
    "опубліковано",
    "оновлено",
    "yayınlanma",
    "güncelleme",
    "diterbitkan",
    "diperbarui",
)
"""The beginning of a line that says when a story was published or changed."""

READING_TIME = (
    (
        "(?:\\d+ ?[-–]? ?)?min(?:ute)?s?\\.? (?:read|lesezeit|de lecture|de lectura|de leitura|di lettura|"
        "leestijd|läsning|czytania)"
    ),
    (
        "(?:reading time|read time|lesezeit|(?:temps|durée) de lecture|tiempo de lectura|tempo de leitura|"
        "tempo di lettura|"
        "leestijd|lästid|lesetid|læsetid|lukuaika|czas czytania|doba čtení|время (?:чтения|на чтение)|час читання|"
        "χρόνος ανάγνωσης|okuma süresi|waktu baca|thời gian đọc|timp de citi(?:re|t))"
    ),
)
"""How long a story takes to read: the beginning of a line that holds at most a number and a unit besides."""

CONTROLS = (
    "(?:text|font) size",
    "schriftgröße",
    "taille d(?:u|e) (?:texte|la police)",
    "tamaño de(?:l| la) (?:letra|texto)",
    "tamanho d[ao] (?:letra|texto|fonte)",
    "dimensioni? testo",
    "lettergrootte",
    "listen to (?:this |the )?(?:article|story)",
    "(?:diesen )?artikel (?:anhören|vorlesen|teilen|merken|drucken)",
    "écouter (?:l['’]|cet )article",
    "escuchar (?:el |la |esta )?(?:artículo|nota|noticia)",
    "ouvir (?:a |o )?(?:notícia|matéria|artigo)",
    "ascolta (?:l['’]|questo )?articolo",
    "luister naar dit artikel",
    "lyssna på artikeln",
    "lytt til (?:saken|artikkelen)",
    "(?:imprimir|partager|compartir|compartilhar|condividi)",
    "copy (?:link|url)",
    "link (?:copied|kopieren|kopiert)",
    "copier le lien",
    "copiar (?:enlace|link)",
    "pin (?:it|this|for later|it for later)",
)
"""What a button does, where it is the whole line."""

SHARE = (
    "stumbleupon",
    "flipboard",
    "pocket",
    "xing",
    "teilen",
    "partager",
    "compartir",
    "compartilhar",
    "condividi",
    "delen",
    "dela",
    "jaa",
    "udostępnij",
    "sdílet",
    "zdieľať",
    "megosztás",
    "distribuie",
    "podijeli",
    "поделиться",
    "поділитися",
    "κοινοποίηση",
    "paylaş",
    "bagikan",
    "شارك",
    "مشاركة",
    "שתף",
    "शेयर करें",
    "แชร์",
    "シェア",
    "공유(?:하기)?",
    "分享(?:到|至)?",
)
"""A word that shares a story, where it is the whole line."""

FOREIGN_CONTENT = (
    "(?:empfohlener )?(?:externer|redaktioneller) inhalt",
    "empfohlener (?:externer|redaktioneller) inhalt",
    "an dieser stelle (?:finden sie|befindet sich|steht) (?:einen? )?(?:extern|ergänzend|inhalt)",
    "ich bin damit einverstanden, dass mir externe inhalte",
    "wir benötigen ihre (?:zustimmung|einwilligung), um",
    "(?:zum|um den?) (?:anzeigen|inhalt) .{0,80}(?:cookies|zustimm|javascript)",
    (
        "(?:pour (?:voir|afficher|consulter) (?:ce|cette) \\w+,? .{0,60}(?:cookies|accepter)|"
        "ce contenu (?:est bloqué|n['’]est pas disponible|a été bloqué))"
    ),
    "(?:para (?:ver|visualizar) este contenido|este (?:contenido|conteúdo) (?:está|es|é) (?:bloquead|externo))",
    "(?:om deze (?:content|inhoud|video) te|deze (?:content|inhoud) (?:kan|is) niet)",
    "(?:contenuto bloccato|per vedere questo contenuto)",
    "to (?:view|see|display) this (?:content|video|post|embed).{0,60}(?:cookies|javascript|consent)",
    "this (?:content|embed|video) (?:is|was) (?:blocked|hosted|provided by)",
)
"""The beginning of what stands for the content of another site until the reader consents."""

RIGHTS = (
    "all rights reserved",
    "tous droits (?:de reproduction )?(?:et de représentation )?réservés",
    "(?:alle )?rechte vorbehalten",
    "todos los derechos reservados",
    "prohibida (?:su|la) reproducción",
    "todos os direitos reservados",
    "(?:©? ?)?riproduzione riservata",
    "tutti i diritti riservati",
    "все права защищены",
    "всі права захищені",
    "wszelkie prawa zastrzeżone",
    "všechna práva vyhrazena",
    "minden jog fenntartva",
    "toate drepturile rezervate",
    "her hakkı saklıdır",
    "tüm hakları saklıdır",
    "alle rechten voorbehouden",
    "無断転載",
    "版[权權]所有",
    "저작권자",
    "무단 ?전재",
    "جميع الحقوق محفوظة",
    "bản quyền thuộc",
    "ⓒ",
    "สงวนลิขสิทธิ์",
)
"""The beginning of a line that says whose the text is."""

MOMENT = (
    (
        "januar[yi]?|februar[yi]?|mar(?:ch|s|zo|ço|t|et)|märz|apr(?:il|ile|ilie)|abril|avril|ma[iyj]o?|maggio|"
        "jun[ie]?|junho|juin|"
        "giugno|jul[yi]?|julho|juillet|luglio|aug(?:ust|ustus|usti)?|agosto|août|sept?(?:ember|embre|iembre)?|"
        "setembro|settembre|"
        "o[ck]t(?:ober|obre|ubre)?|outubro|ottobre|nov(?:ember|embre|iembre)?|novembro|de[cz](?:ember|embre)?|"
        "diciembre|dezembro|"
        "dicembre|janvier|février|enero|febrero|janeiro|fevereiro|gennaio|febbraio|"
        "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|"
        "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
        "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|"
        "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|"
        "januari|februari|maart|mei|agustus|desember|juni|juli|mars|tammikuuta|maaliskuuta"
    ),
    (
        "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
        "lunes|martes|miércoles|jueves|viernes|sábado|domingo|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|"
        "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|"
        "zaterdag|zondag|"
        "måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mandag|tirsdag|lørdag|søndag|poniedziałek|wtorek|środa|"
        "czwartek|piątek|"
        "sobota|niedziela|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|pazartesi|salı|çarşamba|"
        "perşembe|cuma|"
        "cumartesi|pazar|senin|selasa|rabu|kamis|jumat|sabtu|minggu"
    ),
    (
        "uhr|stand|zuletzt|geändert|reviewed|modified|originally|first|опубліковано|оновлено|diperbarui|"
        "aktualisiert|veröffentlicht|um|am|vom|publié|publiée|mis à jour|modifié|le|à|publicado|"
        "actualizado|atualizado|"
        "el|a las|às|em|de|del|horas?|hs|pubblicato|aggiornato|alle ore|ore|gepubliceerd|bijgewerkt|om|uur|"
        "publicerad|uppdaterad|"
        "publisert|oppdatert|publiceret|opdateret|kl|opublikowano|aktualizacja|опубликовано|обновлено|года?|г|"
        "yayınlanma|güncelleme|"
        "diterbitkan|wib|wita|cet|cest|mez|mesz|brt|hora"
    ),
)
"""Words of a line that holds nothing but a moment: months, days, and what stands around them."""
