"""Where the text of a page stands that no rule knows: boxes of page builders, openings, links that belong to it."""

from datetime import UTC, datetime

import pytest

from archive.types import Verdict
from crawler.extraction.blocks import Line
from crawler.extraction.html import read_html
from crawler.extraction.paragraphs import Found
from crawler.extraction.second_opinion import is_ours_better

NOW = datetime(2026, 3, 8, tzinfo=UTC)
TITLE = "Harbour ferry returns after eleven years"
PARAGRAPHS = tuple(
    f"On the {day} morning the ferry crossed the harbour with {count} passengers, among them {who}, and the captain "
    f"said that the new engine burns a third less fuel than the one taken out of the hull in the spring of {year}."
    for day, count, who, year in [
        ("first", "eighty", "the mayor of the northern quarter", 2011),
        ("second", "ninety", "two classes of the school on the hill", 2012),
        ("third", "forty", "a brass band on its way to a wedding", 2013),
        ("fourth", "sixty", "the baker whose flour came by road", 2014),
        ("fifth", "seventy", "an old man who had built the pier", 2015),
        ("sixth", "fifty", "nobody who wanted to give a name", 2016),
    ]
)


def read(inner, head=""):
    html = f"<html lang=en><head><title>{TITLE}</title>{head}</head><body>{inner}</body></html>"
    return read_html(html, url="https://harbour.example/ferry", captured_at=NOW)


def said(document):
    return [block.text for block in document.blocks]


def rules(document):
    return {item.rule for item in document.furniture}


def wrapped(paragraph, *classes):
    inner = f"<p>{paragraph}</p>"
    for name in classes:
        inner = f'<div class="{name}">{inner}</div>'
    return inner


@pytest.mark.parametrize(
    "classes",
    [
        pytest.param(("html-content", "block-content", "block", "row"), id="a row for each paragraph"),
        pytest.param(("elementor-widget-container", "elementor-widget elementor-widget-text"), id="Elementor"),
        pytest.param(("field__item", "field field--label-hidden", "paragraph"), id="Drupal"),
        pytest.param(("inner", "article-card"), id="cards"),
    ],
)
def test_a_text_in_boxes_is_read_whole(classes):
    boxes = "".join(wrapped(paragraph, *classes) for paragraph in PARAGRAPHS)
    document = read(
        f"<main><h1>{TITLE}</h1><div class=page>{boxes}</div></main><footer><p>{PARAGRAPHS[0]}</p></footer>"
    )
    assert said(document) == list(PARAGRAPHS)
    assert document.provenance["body"] == "paragraphs"


def test_comments_stay_out_however_much_of_the_page_they_take():
    comments = "".join(f'<li class="comment"><p>{paragraph * 2}</p></li>' for paragraph in PARAGRAPHS)
    article = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    document = read(f"<h1>{TITLE}</h1><div class=entry>{article}</div><ol class=list>{comments}</ol>")
    assert said(document) == list(PARAGRAPHS)


def test_the_opening_between_headline_and_text_belongs_to_it():
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])
    links = "".join(f"<a href=/{number}>Section number {number}</a>" for number in range(5))
    document = read(
        f"<main><h1>{TITLE}</h1><div>{links}</div><div class=top><p>{PARAGRAPHS[0]}</p></div>"
        f"<section><div class=text>{text}</div></section></main>"
    )
    assert said(document) == list(PARAGRAPHS)


def test_text_before_the_headline_is_no_opening():
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])
    document = read(f"<main><div><p>{PARAGRAPHS[0]}</p></div><h1>{TITLE}</h1><div class=text>{text}</div></main>")
    assert said(document) == list(PARAGRAPHS[1:])


def test_a_list_of_links_that_the_text_announces_is_kept_and_others_are_furniture():
    links = "".join(f"<li><a href=/boat{number}>The boat with the number {number}</a></li>" for number in range(3))
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    more = links.replace("boat with", "story about")
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text}<p>These boats were sold:</p><ul>{links}</ul>{text}"
        f"<p>Read also:</p><ul>{more}</ul><p>{PARAGRAPHS[0]}</p></div>"
    )
    assert "The boat with the number 1" in said(document)
    assert "The story about the number 1" not in said(document)
    assert [item.rule for item in document.furniture if "story about the number 1" in item.text] == ["paragraphs/links"]


def test_a_linked_heading_is_kept_where_the_text_goes_on_below_it():
    parts = "".join(
        f"<h3><a href=https://boats.example/{number}>Boat {number}</a></h3><p>{paragraph}</p>"
        for number, paragraph in enumerate(PARAGRAPHS)
    )
    document = read(f"<h1>{TITLE}</h1><div class=text>{parts}</div>")
    assert [text for text in said(document) if text.startswith("Boat")] == [f"Boat {number}" for number in range(6)]


def test_a_question_on_a_button_is_kept_with_its_answer():
    asked = "".join(
        f"<h3><button>What happened on day {number}?</button></h3><div>{paragraph}</div>"
        for number, paragraph in enumerate(PARAGRAPHS)
    )
    document = read(f"<h1>{TITLE}</h1><div class=text>{asked}<button>Subscribe</button></div>")
    assert said(document)[:2] == ["What happened on day 0?", PARAGRAPHS[0]]
    assert "Subscribe" not in said(document)


def test_a_page_that_ends_in_the_middle_is_read_to_its_end():
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    document = read(f"<header>Menu</header></body></html><h1>{TITLE}</h1><div class=text>{text}</div>")
    assert document.verdict is Verdict.OK
    assert said(document) == list(PARAGRAPHS)


def answers(count):
    asked = "".join(f"<h3>What of day {number}?</h3><p>{text}</p>" for number, text in enumerate(PARAGRAPHS[:count]))
    return f"<h2>Frequently asked questions</h2>{asked}"


def test_questions_and_answers_in_a_box_of_their_own_below_a_story_belong_to_it():
    story = f"<div><h1>{TITLE}</h1><div class=entry-content>{text()}{text()}</div></div>"
    page = f"<main>{story}<aside>Menu</aside>{{}}</main>"
    document = read(page.format(f"<section class=faq-section>{answers(2)}</section>"))
    assert said(document)[-2:] == ["What of day 1?", PARAGRAPHS[1]]
    document = read(page.format(f"<section class=stories>{answers(2)}</section>"))
    assert said(document) == [*PARAGRAPHS, *PARAGRAPHS]


def test_one_paragraph_in_the_box_of_the_headline_is_the_standfirst_and_more_of_them_open_the_story():
    page = f"<main><section class=hero><div><h1>{TITLE}</h1>{{}}</div></section><div class=text>{text()}</div></main>"
    standfirst = (
        "Nobody in the town had believed that the old boat would ever cross the harbour again, least of all she."
    )
    document = read(page.format(f"<div><p>{standfirst}</p></div>"))
    assert (document.lede, said(document)) == (standfirst, list(PARAGRAPHS))
    document = read(page.format(f"<div><p>{standfirst}</p><p>{PARAGRAPHS[0] * 2}</p></div>"))
    assert said(document)[:2] == [standfirst, PARAGRAPHS[0] * 2]
    document = read(page.format(f"<div class=author><p>{standfirst}</p></div>"))
    assert (document.lede, said(document)) == (None, list(PARAGRAPHS))


@pytest.mark.parametrize(
    "heading",
    [
        "Read also", "Lesen Sie auch:", "À lire aussi", "Te puede interesar", "Leia também", "Leggi anche:", "Lees ook",
        "Läs också", "Les også", "Læs også", "Lue myös", "Czytaj też", "Čtěte také", "Citește și", "Читайте также",
        "Читайте також", "Διαβάστε επίσης", "İlginizi çekebilir", "Baca juga:", "यह भी पढ़ें:", "আরও পড়ুন", "اقرأ أيضاً",
        "بیشتر بخوانید", "קראו עוד", "อ่านเพิ่มเติม", "関連記事", "관련 기사", "相关阅读", "相關新聞", "Đọc thêm",
    ],
)  # fmt: skip
def test_what_announces_a_list_of_other_stories_goes_with_it(heading):
    links = "".join(f"<li><a href=/{number}>The story about the number {number}</a></li>" for number in range(3))
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text()}<h3>{heading}</h3><ul>{links}</ul><p>{PARAGRAPHS[0]}</p></div>"
    )
    assert said(document) == [*PARAGRAPHS, PARAGRAPHS[0]]
    assert [item.rule for item in document.furniture if item.text == heading] == ["paragraphs/heads_related"]


def test_a_heading_over_links_that_announces_no_stories_is_kept():
    links = "".join(f"<li><a href=/{number}>The story about the number {number}</a></li>" for number in range(3))
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text()}<h3>Three boats of the harbour</h3><ul>{links}</ul>"
        f"<p>{PARAGRAPHS[0]}</p></div>"
    )
    assert said(document)[-2:] == ["Three boats of the harbour", PARAGRAPHS[0]]


def test_a_list_under_a_heading_that_leads_on_is_furniture_even_where_its_headlines_are_sentences():
    items = "".join(
        f"<li>Boat {number}: <a href=/{number}>Nobody saw it</a> coming, whatever the papers said.</li>"
        for number in range(4)
    )
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>More great boat stories</p><ul>{items}</ul></div>")
    assert said(document) == list(PARAGRAPHS)
    assert "paragraphs/leads_on" in rules(document)


def test_text_between_blocks_is_no_less_a_paragraph():
    loose = "<br><br>".join(PARAGRAPHS)
    document = read(f"<h1>{TITLE}</h1><div class=text>{loose}<div><a href=/x>Home</a></div></div>")
    assert said(document) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("By signing up, you agree to our Terms of Use and Privacy Policy.", "notice"),
        ("Thank you! Your submission has been received!", "notice"),
        ("Share this article", "notice"),
        ("Tempo de leitura: 1 minuto", "notice"),
        ("4 Min. Lesezeit", "notice"),
        ("Image 2 of 5", "notice"),
        ("Text size", "notice"),
        ("Artikel anhören", "notice"),
        ("La suite après cette publicité", "notice"),
        ("Artikeln fortsätter under annonsen", "notice"),
        ("ADVERTISEMENT", "notice"),
        ("Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden.", "notice"),
        ("sexta-feira, 22 de outubro de 2010 às 20:13", "when"),
        ("Stand: 3. März 2026, 08:15 Uhr", "when"),
        ("3 марта 2026 года, 08:15", "when"),
        ("This post may contain affiliate links; we may earn a commission.", "disclosure"),
        ("We may be paid when you click on a link on this page.", "disclosure"),
    ],
)
def test_what_a_page_says_about_itself_is_furniture(line, rule):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    document = read(f"<h1>{TITLE}</h1><div class=text><p>{line}</p>{text}</div>")
    assert said(document) == list(PARAGRAPHS)
    assert [item.rule for item in document.furniture if item.text == line] == [f"paragraphs/{rule}"]


@pytest.mark.parametrize(
    "line",
    [
        "Streamers earn a commission when viewers buy games.",
        "He agreed to share this article of faith with all who asked.",
        "The council may be paid to sell the links course.",
        "Anzeige erstattete am Montag ein Fischer, dem das Boot gehört.",
        "Publicité et affichage restent interdits sur le quai.",
        "Am 3. März 2026 um 08:15 Uhr lief das Boot aus.",
        "Listen to this story, the captain said, and began.",
    ],
)
def test_a_story_about_such_things_is_kept(line):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    assert line in said(read(f"<h1>{TITLE}</h1><div class=text>{text}<p>{line}</p>{text}</div>"))


def found(texts, *, kept=1.0, linked=0.0):
    return Found([Line(text) for text in texts], [], [], is_clear=False, kept=kept, linked=linked)


@pytest.mark.parametrize(
    ("ours", "theirs", "is_ours"),
    [
        pytest.param(found(PARAGRAPHS), PARAGRAPHS[:2], True, id="theirs lost sections"),
        pytest.param(found(PARAGRAPHS, linked=0.3), PARAGRAPHS[:2], False, id="ours took in links too"),
        pytest.param(found(PARAGRAPHS[:4]), PARAGRAPHS, True, id="theirs took in more, our place is clean"),
        pytest.param(found(PARAGRAPHS[:4], kept=0.5), PARAGRAPHS, False, id="much was cut from ours"),
        pytest.param(found(PARAGRAPHS, kept=0.5), (*PARAGRAPHS, "Read on, dear reader."), True, id="nearly the same"),
        pytest.param(found(PARAGRAPHS, linked=0.2), PARAGRAPHS[:2], True, id="some links, but a clean place"),
        pytest.param(found(PARAGRAPHS, kept=0.8, linked=0.2), PARAGRAPHS[:2], False, id="some links, and much was cut"),
        pytest.param(found([PARAGRAPHS[0][:60]]), PARAGRAPHS, False, id="ours is a box beside the article"),
        pytest.param(found(PARAGRAPHS[:3]), PARAGRAPHS[3:], False, id="they have nothing in common"),
        pytest.param(found(PARAGRAPHS), (), True, id="theirs found nothing"),
    ],
)
def test_two_readings_are_judged_by_which_holds_the_other(ours, theirs, is_ours):
    assert is_ours_better(ours, [Line(text) for text in theirs]) is is_ours


def text(*paragraphs):
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or PARAGRAPHS)


def test_paragraphs_above_a_list_belong_to_it_where_no_headline_stands():
    items = "".join(f"<li><p>{paragraph}</p><p>{paragraph[::-1]}</p></li>" for paragraph in PARAGRAPHS[1:])
    document = read(f"<div>{text(PARAGRAPHS[0])}<ul>{items}</ul><div><a href=/x>Home</a></div></div>")
    assert said(document)[0] == PARAGRAPHS[0]
    assert "Home" not in said(document)


def test_a_second_box_that_the_page_calls_the_body_goes_on_with_it():
    more = [paragraph[::-1] for paragraph in PARAGRAPHS]
    document = read(
        f"<h1>{TITLE}</h1><div><div class=rich-text>{text(*PARAGRAPHS, *more[1:])}</div>"
        f"<section class=rich-text><div>{text(more[0])}</div></section><div>{text(PARAGRAPHS[0])}</div></div>"
    )
    assert said(document) == [*PARAGRAPHS, *more[1:], more[0]]


def test_an_article_that_is_folded_away_is_read_unfolded():
    folded = "".join(
        f"<a id=day{number}>Day {number}</a>"
        f'<div style="display:none" aria-labelledby=day{number}><p>{paragraph}</p></div>'
        for number, paragraph in enumerate(PARAGRAPHS)
    )
    assert set(PARAGRAPHS) <= set(said(read(f"<h1>{TITLE}</h1><div class=text>{folded}</div>")))


def test_a_page_of_other_stories_that_is_hidden_stays_hidden():
    hidden = "".join(f'<div style="display:none">{text()}{number}</div>' for number in range(3))
    document = read(f"<h1>{TITLE}</h1><div class=text>{text(*PARAGRAPHS[::-1])}{hidden}</div>")
    assert said(document) == list(PARAGRAPHS[::-1])


def test_a_little_that_is_hidden_stays_hidden():
    document = read(f'<h1>{TITLE}</h1><div class=text>{text()}<p style="display:none">Print edition only</p></div>')
    assert said(document) == list(PARAGRAPHS)
    assert [item.rule for item in document.furniture if item.text == "Print edition only"] == ["paragraphs/hidden"]


@pytest.mark.parametrize(
    ("closing", "rule"),
    [
        ("<h3>Related articles</h3><p>The pier</p><p>The tide</p>", "leads_on"),
        ("<h3>Das könnte Sie auch interessieren</h3><p>Der Steg</p>", "leads_on"),
        ("<p><b>You might also like:</b></p><p>The pier</p>", "leads_on"),
        ("<h3>Комментарии</h3><p>Пирс очень старый, и его давно пора было починить.</p>", "leads_on"),
        ("<p>Follow Harbour News on Instagram, Facebook and YouTube.</p>", "call"),
        ("<p>Abonnez-vous pour lire la suite de nos enquêtes.</p>", "call"),
        ("<p>Additional reporting by Ann Oakley and Tom Beech</p>", "made_by"),
        ("<p>Last reviewed January 2026</p>", "when"),
        ("<p>Zuletzt aktualisiert am 3. März 2026, 08:15 Uhr</p>", "when"),
        ("<p>About the author: Ann Oakley has covered ports and piers for fifteen years.</p>", "about_author"),
        ("<p>Hi, I’m Ann, and I have covered ports and piers for fifteen years.</p>", "about_author"),
        ("<p>Paylaş</p>", "share"),
    ],
)
def test_what_stands_below_a_story_is_furniture(closing, rule):
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}{closing}</div>")
    assert said(document) == list(PARAGRAPHS)
    assert f"paragraphs/{rule}" in rules(document)


def test_a_day_or_an_introduction_that_belongs_to_the_story_is_kept():
    for line in ("January 2026", "About the authors of the plan nobody would speak.", "“Hi, I’m Ann,” she said."):
        assert line in said(read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>{line}</p>{text()}</div>")), line
    assert said(read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>January 2026</p></div>"))[-1] == "January 2026"


def test_the_headline_again_is_found_by_the_stated_title_where_many_headlines_stand():
    page = f"<h1>Harbour News</h1><h1>{TITLE}</h1><div class=text><p>Ports</p><h2>{TITLE}</h2>{text()}</div>"
    assert said(read(page)) == list(PARAGRAPHS)


def test_a_line_that_links_to_another_site_is_a_source_unless_it_calls_to_go_there():
    line = '<p><a href="https://{}/x">{}</a></p>'
    lines = line.format("boats.example", "Boats of the North by Ann Oakley")
    lines += line.format("shop.example", "Buy the book of the boats")
    lines += line.format("www.harbour.example", "Another story of the harbour") + line.format("[", "A wrong address")
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}{lines}<p>{PARAGRAPHS[0]}</p></div>")
    assert said(document)[len(PARAGRAPHS) :] == ["Boats of the North by Ann Oakley", PARAGRAPHS[0]]


def test_an_answer_that_a_click_unfolds_is_read():
    folded = '<h3>Does it float?</h3><div class={} style="display:none"><p>It floats well.</p></div>'
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}{folded.format('faq-answer')}</div>")
    assert said(document)[-1] == "It floats well."
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}{folded.format('box')}{text()}</div>")
    assert "It floats well." not in said(document)


def test_a_note_on_the_author_is_furniture_below_the_story_only():
    note = "Ann Oakley is a reporter who has covered ports, piers and the people on them for fifteen years."
    head = '<meta name=author content="Ann Oakley">'
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>{note}</p></div>", head)
    assert said(document) == list(PARAGRAPHS)
    assert [item.rule for item in document.furniture if item.text == note] == ["paragraphs/about_author"]
    document = read(f"<h1>{TITLE}</h1><div class=text><p>{note}</p>{text()}</div>", head)
    assert note in said(document)


def test_who_made_a_story_is_no_part_of_its_text():
    document = read(f"<h1>{TITLE}</h1><div class=text><p>Edited by</p><p>Tom Beech</p>{text()}</div>")
    assert said(document) == list(PARAGRAPHS)


def test_steps_that_call_to_act_are_kept():
    steps = "".join(f"<li>{step}</li>" for step in ["Download the timetable.", "Book a seat.", "Call the harbour."])
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>How to go:</p><ol>{steps}</ol></div>")
    assert said(document)[-3:] == ["Download the timetable.", "Book a seat.", "Call the harbour."]


STREAMED = (
    '<div hidden id="S:0"><p>{}</p><template id="P:1"></template></div><div hidden id="S:1"><p>{}</p></div>{}</body>'
)


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param('<script>$RS("S:1","P:1")</script><script>$RC("B:0","S:0")</script>', id="as its scripts say"),
        pytest.param("", id="without scripts, by the numbers"),
    ],
)
def test_a_page_that_was_sent_in_pieces_is_put_together(scripts):
    pieces = STREAMED.format(PARAGRAPHS[1], PARAGRAPHS[2], scripts)
    document = read(
        f'<main><h1>{TITLE}</h1><div class=text>{text(PARAGRAPHS[0])}<template id="B:0"></template>'
        f"{text(*PARAGRAPHS[3:])}</div></main><footer>Imprint</footer>{pieces}"
    )
    assert said(document) == list(PARAGRAPHS)


def test_pieces_that_belong_nowhere_or_into_themselves_are_left():
    pieces = '<div hidden id="S:0"><template id="B:0"></template></div><div hidden id="S:9"></div>'
    assert said(read(f"<h1>{TITLE}</h1><div class=text>{text()}</div>{pieces}")) == list(PARAGRAPHS)


def test_a_quotation_in_a_figure_is_text_and_one_pulled_from_the_text_is_not():
    quoted = f"<figure class=quote><blockquote>{PARAGRAPHS[0][::-1]}</blockquote></figure>"
    pulled = f"<figure class=pullquote><blockquote>{PARAGRAPHS[1][:80]}</blockquote></figure>"
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}{quoted}{pulled}{text(TITLE * 3)}</div>")
    assert said(document) == [*PARAGRAPHS, PARAGRAPHS[0][::-1], TITLE * 3]


def test_an_aside_of_running_text_is_a_note_and_any_other_is_furniture():
    note = f"<aside><p>{PARAGRAPHS[0][::-1]}</p></aside>"
    other = f"<aside><h4>Most read</h4><p><a href=/x>The pier</a></p><p>{PARAGRAPHS[1][::-1]}</p></aside>"
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text(*PARAGRAPHS[:3])}{note}{other}{text(*PARAGRAPHS[3:])}</div>"
    )
    assert said(document) == [*PARAGRAPHS[:3], PARAGRAPHS[0][::-1], *PARAGRAPHS[3:]]


def test_a_few_words_in_the_box_of_a_picture_are_its_caption():
    picture = "<div class=photo-box><img src=a.jpg><div><span>The ferry at its pier</span></div></div>"
    face = "<div><img src=b.jpg><p>Ann Oakley, captain</p></div>"
    said_in_full = f"<div><img src=c.jpg><p>{PARAGRAPHS[0][::-1]}.</p></div>"
    document = read(f"<h1>{TITLE}</h1><div class=text>{picture}{text()}{face}{said_in_full}</div>")
    assert said(document) == [*PARAGRAPHS, f"{PARAGRAPHS[0][::-1]}."]
    assert [caption.text for caption in document.captions] == ["The ferry at its pier"]
    assert [item.rule for item in document.furniture if item.text == "Ann Oakley, captain"] == [
        "paragraphs/with_picture"
    ]


def test_the_headline_goes_with_the_labels_above_it():
    document = read(f"<div class=text><p>Harbours</p><p>5 March</p><h1>{TITLE} at last</h1>{text()}</div>")
    assert said(document) == list(PARAGRAPHS)
    assert "paragraphs/title_again" in rules(document)


@pytest.mark.parametrize(
    "line",
    [
        f"Reporting by Ann Oakley; additional reporting by {'Tom Beech, ' * 6}Lee Elm and Kay Ash; editing by Jo Fir",
        "Harbour Press writers Ann Oakley, Tom Beech and Lee Elm contributed to this report from the other shore.",
        "Write to Ann Oakley at ann.oakley@harbour.example",
        "12 comments",
    ],
)
def test_who_helped_is_named_below_the_story_and_no_part_of_it(line):
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>{line}</p></div>")
    assert said(document) == list(PARAGRAPHS)
    assert [item.rule for item in document.furniture if item.text == line] == ["paragraphs/helped"]


def test_a_long_card_without_links_is_text_and_a_small_one_is_a_teaser():
    recipe = "".join(f"<p>{paragraph[::-1]}</p>" for paragraph in PARAGRAPHS[:3])
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text()}{text()}<div class=recipe-card>{recipe}</div>"
        f"<div class=card><p>The pier was built again</p></div>{text(TITLE * 3)}</div>"
    )
    assert PARAGRAPHS[2][::-1] in said(document)
    assert "The pier was built again" not in said(document)


@pytest.mark.parametrize(
    "line",
    [
        "Call it what you will, the ferry is back, and the harbour smells of diesel and bread again.",
        "Book prices in the northern quarter rose by a third that year, the librarian added.",
        "He contributed to this winter's record, the fishermen said.",
        "Follow the tide and it leads home, the captain said.",
    ],
)
def test_a_last_sentence_that_only_begins_like_a_call_is_kept(line):
    assert said(read(f"<h1>{TITLE}</h1><div class=text>{text()}<p>{line}</p></div>"))[-1] == line


def test_a_last_section_under_an_ordinary_heading_is_kept():
    document = read(f"<h1>{TITLE}</h1><div class=text>{text()}<h2>Join the crew</h2><p>{PARAGRAPHS[0][::-1]}</p></div>")
    assert said(document)[-2:] == ["Join the crew", PARAGRAPHS[0][::-1]]


def test_pieces_within_pieces_stay_within_the_depth_that_pages_have():
    nested = "".join(
        f'<div hidden id="S:{number}">{"<div>" * 100}<template id="P:{number + 1}"></template>{"</div>" * 100}</div>'
        for number in range(50)
    )
    document = read(f'<h1>{TITLE}</h1><div class=text>{text()}<template id="P:0"></template></div>{nested}')
    assert said(document) == list(PARAGRAPHS)


def test_names_in_humps_are_read_word_by_word():
    caption = "<div class=photo><picture><source></picture><span class=newsCaption>The ferry at its pier</span></div>"
    share = "<div class=shareTools><p>Tell a friend about the ferry</p></div>"
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text(*PARAGRAPHS[:3])}{caption}{share}{text(*PARAGRAPHS[3:])}</div>"
    )
    assert said(document) == list(PARAGRAPHS)
    assert "paragraphs/share" in rules(document)


def test_no_name_takes_a_word_out_of_a_sentence_or_a_heading_out_of_the_text():
    linked = f"{PARAGRAPHS[0][:40]}<a class=text-tag href=/x>{PARAGRAPHS[0][40:60]}</a>{PARAGRAPHS[0][60:]}"
    document = read(
        f"<h1>{TITLE}</h1><div class=text><p>{linked}</p><h2 class=toc>At sea</h2>{text(*PARAGRAPHS[1:])}</div>"
    )
    assert said(document) == [PARAGRAPHS[0], "At sea", *PARAGRAPHS[1:]]


def test_a_plain_line_that_announces_other_stories_is_where_the_story_ends():
    more = "<p>More great harbour stories</p><p>The pier is old</p><p>The tide is late</p>"
    assert said(read(f"<h1>{TITLE}</h1><div class=text>{text()}{more}</div>")) == list(PARAGRAPHS)


def test_an_address_that_is_spelled_out_is_kept():
    source = "https://archive.example/ferries/2011/report"
    document = read(
        f"<h1>{TITLE}</h1><div class=text>{text()}<p><a href={source}>{source}</a></p>{text(TITLE * 3)}</div>"
    )
    assert source in said(document)
