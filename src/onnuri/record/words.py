"""The words of the report: English and Korean side by side, the other three in files of their own."""

from __future__ import annotations

from typing import Final

from onnuri.landscape.export import NO_TEXT, OUT, RE_VOTE
from onnuri.record import words_ja, words_vi, words_zh_hans

WORDS: Final[dict[str, tuple[str, str]]] = {
    "onnuri": ("Onnuri", "온누리"),
    "record": ("Public record", "공개 기록"),
    # groups, channels, votes
    "group": ("Group", "그룹"),
    "group_1": ("Wave", "물결"),
    "group_2": ("Rock", "바위"),
    "group_3": ("Leaf", "새잎"),
    "group_4": ("Dusk", "노을"),
    "group_5": ("Star", "별빛"),
    "placed": ("Placed", "자리가 정해짐"),
    "not_placed": ("Not yet placed", "아직 그룹 없음"),
    "everyone": ("Everyone", "모두"),
    "channel": ("Channel", "통로"),
    "channel_hall": ("In the hall", "현장"),
    "channel_online": ("Online", "온라인"),
    "channel_open": ("Open join, no ticket", "입장권 없는 참여"),
    "agree": ("Agree", "찬성"),
    "unsure": ("Not sure", "모르겠어요"),
    "disagree": ("Disagree", "반대"),
    "n": ("n", "답(n)"),
    "lower": ("at least", "하한"),
    "lower_why": (
        "n: people who answered. At least: the lower bound of support (Wilson, one-sided 90%).",
        "n: 답한 사람. 하한: 지지의 아래 경계(윌슨, 한쪽 90%).",
    ),
    "whom": ("Who", "누가"),
    "bar": ("Bar", "막대"),
    "spoken": (
        "agree {a}%, not sure {p}%, disagree {x}%, {n:,} answered",
        "찬성 {a}%, 모르겠어요 {p}%, 반대 {x}%, {n:,}명이 답함",
    ),
    "few": ("fewer than {n} answers", "{n}명 미만"),
    "no_answers": ("no answers", "답 없음"),
    "withheld": ("withheld: it would tell a smaller one", "더 적은 쪽이 드러나지 않게 가림"),
    "not_tested": ("too few to test, shown only", "사람이 적어 보여만 줌"),
    "people": ("{n:,} person|{n:,} people", "{n:,}명"),
    # the outcome
    "proposed": ("Proposed by rule from votes, not ratified", "답에서 규칙으로 뽑은 제안 · 추인되지 않음"),
    "proposed_why": (
        (
            "{n} line was chosen by rule from the votes of {people}. "
            "Nobody has balloted on it: it is a proposal, not a conclusion.|"
            "{n} lines were chosen by rule from the votes of {people}. "
            "Nobody has balloted on them: they are a proposal, not a conclusion."
        ),
        (
            "{people}의 답에서 규칙이 문안 {n}개를 뽑았습니다. "
            "이 문안에 투표한 사람은 없습니다. 결론이 아니라 제안입니다."
        ),
    ),
    "ratified": ("Ratified", "추인됨"),
    "line_reached": ("reached its own thresholds; not ratified", "이 문안의 기준에는 이름 · 추인되지 않음"),
    "not_ratified": ("Not ratified", "추인되지 않음"),
    "ratified_why": (
        "{n} line was ratified by {people}.|{n} lines were ratified by {people}.",
        "{people}의 투표로 문안 {n}개가 추인되었습니다.",
    ),
    "none": ("No common conclusion", "공동 결론 없음"),
    "none_why": (
        "There is no common conclusion, and that is a result.",
        "공동 결론이 없습니다. 이것도 하나의 결과입니다.",
    ),
    "reason_no_candidate": (
        "No statement reached {p}% nearly everywhere and in every tested group, with at least {seen} answers in each.",
        "거의 어디서나, 그리고 시험한 모든 그룹에서 {p}%에 이르고 그룹마다 {seen}명 이상이 답한 의견이 없었습니다.",
    ),
    "reason_no_line_ratified": ("No line reached the ratification thresholds.", "추인 기준에 이른 문안이 없었습니다."),
    "reason_quorum": ("The quorum was not met.", "추인 투표가 정족수에 이르지 못했습니다."),
    "reason_whole_not_ratified": (
        "The draft conclusion as a whole did not reach the ratification thresholds.",
        "결론안 전체가 추인 기준에 이르지 못했습니다.",
    ),
    "simulated": ("Simulated people", "시뮬레이션"),
    "seal_weakest": (
        "{p}% in the ring: the lowest support any line has in a tested group.",
        "고리 안의 {p}%: 어느 문안이든 시험한 그룹에서 받은 가장 낮은 지지입니다.",
    ),
    "seal_open": (
        "The ring stays open: only ratification closes it.",
        "고리는 열려 있습니다. 추인만이 고리를 닫습니다.",
    ),
    "seal_apart": (
        "The arcs do not meet; the number is the people who answered.",
        "호들은 서로 만나지 않습니다. 수는 답한 사람입니다.",
    ),
    "one_dot": ("One dot is one person.", "점 하나가 한 사람입니다."),
    "many_dots": ("The 150 dots stand for {people}.", "점 150개가 {people}을 나타냅니다."),
    "f_people": ("People", "사람"),
    "f_statements": ("Statements", "의견"),
    "f_answers": ("Answers", "답"),
    "f_groups": ("Opinion groups", "의견 그룹"),
    "placed_of": ("{n:,} placed in the space of opinions", "{n:,}명의 자리가 정해짐"),
    "needs_votes": ("{n:,} needs more answers|{n:,} need more answers", "{n:,}개는 답이 더 필요함"),
    "answers_each": ("{each} a person on average", "한 사람에 평균 {each}개"),
    "no_groups": ("No separate groups found", "뚜렷이 갈린 그룹이 없음"),
    "loose": ("loosely separated", "느슨하게 나뉨"),
    # the lines
    "lines": ("Proposed lines", "제안된 문안"),
    "conclusion": ("Our conclusion", "우리의 결론"),
    "not_concluded": ("The draft conclusion, not ratified", "추인되지 않은 결론안"),
    "basis_observed": ("observed in the votes", "답에서 관측"),
    "basis_imputed": ("imputed (estimated)", "추정해 채움"),
    "basis_balloted": ("balloted", "투표로 확인"),
    "basis_simulated": ("simulated", "모의"),
    "basis_imputed_why": (
        (
            "The figures of each line are observed in the votes: counted, never estimated. The choice of the lines is "
            "imputed: where a placed person had not answered a candidate, the likelier answer was filled in."
        ),
        (
            "문안마다의 수는 답에서 관측한 값으로, 세기만 하고 추정하지 않았습니다. "
            "문안을 뽑는 데에는 추정이 들어갔습니다. "
            "자리가 정해진 사람이 답하지 않은 후보 문안에는 더 그럴듯한 답을 채웠습니다."
        ),
    ),
    "basis_balloted_why": (
        "The figures of each line come from ballots people cast.",
        "문안마다의 수는 사람들이 한 투표에서 나왔습니다.",
    ),
    "basis_observed_why": ("All figures are observed in the votes.", "모든 값은 답에서 관측한 것입니다."),
    "basis_simulated_why": (
        "The votes are real; the ballots are simulated from them.",
        "의견의 답은 실제 답이고, 투표는 그 답에서 모의로 만든 것입니다.",
    ),
    "figures": (
        "Figures:",
        "값의 근거:",
    ),
    "weakest": ("Weakest tested group:", "시험한 그룹 가운데 가장 약한 지지:"),
    "weakest_none": ("No group is tested;", "시험한 그룹 없음,"),
    "n_of": ("(n {n:,})", "(n {n:,})"),
    "floor": ("Nearly everywhere at least", "거의 어디서나 적어도"),
    "by_shares": (
        "Bought by equal shares: each supporter paid at most {price} of a place, of the {held} everybody held.",
        "균등 몫 방법(equal shares)으로 뽑힘: 모두가 가진 {held}자리 몫에서 찬성한 사람마다 많아야 {price}을 냄.",
    ),
    "by_leximin": (
        "With it more people agree with at least half of the lines where fewest do, and everybody's fair share holds.",
        "이 문안이 있으면 가장 적은 곳에서 절반 이상에 찬성하는 사람이 늘고, 모두의 정당한 몫도 지켜짐.",
    ),
    "by_phragmen": (
        "Bought by Phragmén's method, which fills the places equal shares leave open.",
        "프라그멘(Phragmén) 방법으로 뽑힘: 균등 몫 방법이 남긴 자리를 채움.",
    ),
    "guessed": (
        "{n:,} of {people:,} answers behind this choice were filled in.",
        "이 선택에 쓰인 답 {people:,}개 가운데 {n:,}개를 채움.",
    ),
    "miss": ("{where}: {p}%, needed {needed}", "{where}: {p}%, 기준 {needed}"),
    "tickets_own": (
        "Ticket-holders {own}, nearly everywhere among them at least {floor}%",
        "입장권 가진 사람 {own}, 그 가운데 거의 어디서나 적어도 {floor}%",
    ),
    "objection": (
        (
            "Objection of ticket-holders: nearly everywhere among them only {floor}%, the threshold is {needed}%. "
            "A flag; it decides nothing."
        ),
        "입장권 가진 사람의 이의: 그 가운데 거의 어디서나 {floor}%뿐, 기준선은 {needed}%. 표시일 뿐 결정하지 않습니다.",
    ),
    "tickets": ("Ticket-holders' own floor", "입장권 가진 사람만의 바닥값"),
    "tickets_agree": ("No objection.", "이의 없음."),
    "tickets_object": ("Objection to {lines}.", "{lines}에 이의."),
    "tickets_why": (
        "Made from those who came by ticket or code alone; a flag, never a veto.",
        "입장권이나 코드로 온 사람만으로 셈한 것이며, 표시일 뿐 거부권이 아닙니다.",
    ),
    "addressee": ("Addressee", "받는 곳"),
    "due": ("Answer due", "답할 날"),
    "nearest": ("What came nearest", "가장 가까이 간 의견"),
    "nearest_why": (
        "These statements came nearest to being a line. Beside each stands what it lacks.",
        "문안에 가장 가까이 간 의견입니다. 무엇이 모자랐는지 함께 적습니다.",
    ),
    "nothing_near": ("Nobody answered any statement.", "답이 있는 의견이 없습니다."),
    "lacks_floor": (
        "At least {p}% nearly everywhere; the threshold is {needed}%",
        "거의 어디서나 적어도 {p}%, 기준선은 {needed}%",
    ),
    "lacks_weakest": ("Weakest support {p}%; the threshold is {needed}%", "가장 약한 지지 {p}%, 기준선은 {needed}%"),
    "lacks_votes": (
        "Answered by fewer than {n} people in a tested group",
        "시험한 그룹 가운데 답한 사람이 {n}명에 못 미치는 곳이 있음",
    ),
    # what it would be otherwise
    "optimum": ("Held against every other slate", "모든 다른 결론안과 견줌"),
    "optimum_why": (
        (
            "Where it is lowest, {own}% agree with at least half of the lines; no slate of as many reaches more than "
            "{best}%."
        ),
        "가장 낮은 곳에서 {own}%가 절반 이상의 문안에 찬성합니다. 같은 수의 어떤 결론안도 {best}%를 넘지 못합니다.",
    ),
    "variants": ("With other groups, without the seeds", "다른 그룹 수로, 처음 문장 없이"),
    "variants_same": ("The same lines each time: {names}.", "매번 같은 문안: {names}."),
    "variant_other": ("{name}: without {lost}, with {new}.", "{name}: {lost} 빠지고 {new} 들어옴."),
    "variant_none": ("none", "없음"),
    "variant groups": ("{n} group|{n} groups", "그룹 {n}개"),
    "variant without seeds": ("without the first statements", "처음 문장 없이"),
    "variant without flagged accounts": ("without accounts that answer as one", "하나처럼 답하는 계정 없이"),
    "variant with open voices": ("with open voices", "열린 참여까지"),
    "variant without open voices": ("without open voices", "열린 참여 없이"),
    "blocs": ("Without any one bloc of a twentieth", "스무 조각 가운데 어느 한 조각 없이"),
    "blocs_steady": (
        "Every line stands, whichever of the {n} blocs is taken away.",
        "{n}조각 가운데 어느 것을 빼도 모든 문안이 그대로입니다.",
    ),
    "bloc_falls": ("Without {people:,} people line {lines} would fall.", "{people:,}명이 없으면 문안 {lines} 탈락."),
    "bloc_rises": (
        "Without {people:,} people statement {lines} would reach the threshold.",
        "{people:,}명이 없으면 의견 {lines} 기준선에 닿음.",
    ),
    "apart": ("Set apart: says nearly the same", "비슷한 말이라 따로 둠"),
    "apart_one": ("{line} like {like}.", "{line} ← {like}."),
    # not embraced
    "not_embraced": ("Not embraced yet", "아직 담지 못한 뜻"),
    "embrace_all": (
        (
            "{n:,} of {of:,} people ({p}%) agrees with none of the lines.|"
            "{n:,} of {of:,} people ({p}%) agree with none of the lines."
        ),
        "{of:,}명 가운데 {n:,}명({p}%)이 어느 문안에도 찬성하지 않습니다.",
    ),
    "embrace_all_few": (
        "Fewer than {few} of {of:,} people agree with none of the lines.",
        "{of:,}명 가운데 {few}명 미만이 어느 문안에도 찬성하지 않습니다.",
    ),
    "embrace": (
        "agree with none: {n:,} of {of:,} ({p}%)",
        "찬성한 문안 없음: {of:,}명 가운데 {n:,}명 ({p}%)",
    ),
    "embrace_few": (
        "agree with none: fewer than {few} of {of:,}",
        "찬성한 문안 없음: {of:,}명 가운데 {few}명 미만",
    ),
    "refuse_all": (
        (
            "Without anything filled in: of {of:,} people who answered a line, "
            "{n:,} ({p}%) agreed with none they answered."
        ),
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {n:,}명({p}%)은 답한 어느 문안에도 찬성하지 않았습니다.",
    ),
    "refuse_all_few": (
        (
            "Without anything filled in: of {of:,} people who answered a line, "
            "fewer than {few} agreed with none they answered."
        ),
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {few}명 미만은 답한 어느 문안에도 찬성하지 않았습니다.",
    ),
    "refuse": (
        "without anything filled in: {n:,} of the {of:,} who answered a line ({p}%)",
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {n:,}명 ({p}%)",
    ),
    "refuse_few": (
        "without anything filled in: fewer than {few} of the {of:,} who answered a line",
        "채운 것 없이: 문안에 답한 {of:,}명 가운데 {few}명 미만",
    ),
    "not_asked": ("too few answers to fill in", "답이 적어 채우지 않음"),
    "minority_note": ("Minority note: what most of them agree with", "소수 의견: 이 사람들이 가장 많이 찬성한 것"),
    "no_note": (
        "No minority note: no candidate has their agreement either.",
        "소수 의견 없음: 찬성한 후보 문안이 없습니다.",
    ),
    "no_line_to_embrace": (
        (
            "There is no line, so nobody is embraced and nobody left out. "
            "Each group's own voice stands in the table under the map."
        ),
        "문안이 없으므로 담긴 사람도 빠진 사람도 없습니다. 그룹마다의 뜻은 지도 아래 표에 있습니다.",
    ),
    # what is shared, where people differ
    "common": ("What all groups share", "모든 그룹이 함께하는 것"),
    "no_common": (
        (
            "No statement is common ground by the rules: support reaches the threshold nearly everywhere and in every "
            "tested group for none."
        ),
        "규칙에 따른 공감대가 없습니다. 거의 어디서나, 그리고 시험한 모든 그룹에서 기준선에 이른 의견이 없습니다.",
    ),
    "common_count": ("{n} statement is common ground.|{n} statements are common ground.", "공감대는 의견 {n}개입니다."),
    "first_of": ("The first {n} follow.", "앞의 {n}개를 싣습니다."),
    "floor_why": (
        (
            "“Nearly everywhere” (the neighbourhood floor): for 95 of 100 people, "
            "at least this share of those who answer most like them agrees. A cautious estimate."
        ),
        (
            "“거의 어디서나”(이웃 바닥값): 100명 가운데 95명은, "
            "가장 비슷하게 답한 사람들의 찬성이 이 값 이상입니다. 조심스럽게 낮춰 잡은 값입니다."
        ),
    ),
    "is_line": ("line {i}", "문안 {i}"),
    "differ": ("Where we differ", "생각이 갈리는 곳"),
    "no_groups_why": (
        "Where nobody stands apart as a group, nothing is called divisive.",
        "따로 선 그룹이 없으면 어떤 것도 쟁점이라고 부르지 않습니다.",
    ),
    "one_tested": (
        "Only one group is large enough to be tested, so no difference between groups is called certain.",
        "시험할 만큼 큰 그룹이 하나뿐이어서 그룹 사이의 차이를 확실하다고 말하지 않습니다.",
    ),
    "no_divide": (
        "There is no statement on which two tested groups stand apart beyond doubt.",
        "시험한 두 그룹이 확실하게 갈라선 의견이 없습니다.",
    ),
    "divisive_count": (
        (
            "On {n} statement tested groups stand apart beyond doubt.|"
            "On {n} statements tested groups stand apart beyond doubt."
        ),
        "시험한 그룹들이 확실하게 갈라선 의견은 {n}개입니다.",
    ),
    "gap": (
        "{one} at least <b>{low}%</b>, {two} at most <b>{high}%</b>",
        "{one} 적어도 <b>{low}%</b>, {two} 많아야 <b>{high}%</b>",
    ),
    # the map
    "map": ("Where we stand", "우리가 선 자리"),
    "map_how": (
        "One dot is one person. Nearer means more alike. Directions mean nothing.",
        "점 하나가 한 사람입니다. 가까울수록 답이 비슷합니다. 방향에는 뜻이 없습니다.",
    ),
    "map_thinned": (
        "{n:,} of {of:,} people are drawn, evenly chosen.",
        "{of:,}명 가운데 고르게 뽑은 {n:,}명을 그렸습니다.",
    ),
    "map_rest": (
        "The small grey dot is {n:,} person not yet placed.|Small grey dots are people not yet placed ({n:,}).",
        "작은 회색 점은 아직 그룹이 없는 사람({n:,}명)입니다.",
    ),
    "map_shown": (
        "The picture shows {p}% of the spread of opinions that was found.",
        "그림은 찾아낸 의견의 퍼짐 가운데 {p}%를 보입니다.",
    ),
    "map_words": (
        "Map of opinions: {n:,} people, groups: {k}. The table below says the same in words.",
        "의견 지도: {n:,}명, 그룹 {k}개. 아래 표가 같은 것을 글로 말합니다.",
    ),
    "beyond": ("What this group supports most beyond the others", "다른 그룹보다 두드러지게 지지하는 것"),
    "most": ("What has most support", "가장 지지받은 것"),
    "nothing_beyond": ("Nothing beyond doubt", "확실히 두드러지는 것이 없음"),
    "own": ("{p}% (n {n:,})", "{p}% (n {n:,})"),
    "others": ("; highest elsewhere {p}% (n {n:,})", "; 다른 곳에서 가장 높은 값 {p}% (n {n:,})"),
    "not_placed_why": ("Too few answers, or between the groups", "답이 적거나 그룹 사이에 있음"),
    # who took part
    "who": ("Who took part", "누가 함께했나"),
    "not_a_survey": (
        "Self-selected participants, not a representative survey.",
        "스스로 참여한 사람들의 뜻이며, 시민 전체를 대표하는 여론조사가 아닙니다.",
    ),
    "issued": ("tickets and codes issued: {n:,}", "나간 입장권과 코드 {n:,}장"),
    "of_all": ("{p}% of all", "모두의 {p}%"),
    "voted": ("Answered statements", "의견에 답함"),
    "balloted": ("Balloted", "투표함"),
    "traits_why": (
        (
            "What people said of themselves. Fewer than {n} are never told, nor what would tell them. "
            "It stands in no row of the record: these counts are stated, not computed again."
        ),
        (
            "사람들이 스스로 밝힌 것입니다. {n}명 미만과 그것을 드러낼 수는 적지 않습니다. "
            "기록의 행에는 없으므로, 다시 계산한 수가 아니라 적힌 수입니다."
        ),
    ),
    "trait_withheld": ("withheld", "가림"),
    # the certificate
    "certificate": ("Certificate", "증명서"),
    "holds": ("holds", "지켜짐"),
    "fails": ("does not hold", "지켜지지 않음"),
    "told": ("for information", "알림"),
    "everywhere": (
        "Every line has at least {p}% support in every tested group and channel",
        "모든 문안이 시험한 모든 그룹과 통로에서 {p}% 이상",
    ),
    "everywhere_why": ("Lowest anywhere tested: {p}%", "시험한 곳 가운데 가장 낮은 지지 {p}%"),
    "nothing_to_test": (
        "Nothing to test: no candidate reached the threshold.",
        "시험할 것이 없음: 기준선에 이른 후보 문안이 없습니다.",
    ),
    "fair": ("Everybody's fair share of the lines (EJR+)", "몫에 맞는 대표 (EJR+)"),
    "fair_why": (
        (
            "Whenever people numerous enough for a number of lines agree on a candidate left out, "
            "at least one of them agrees with that many of the chosen lines."
        ),
        (
            "어떤 수의 문안을 받을 만큼 많은 사람이 빠진 후보 문안에 함께 찬성하면, "
            "그 가운데 적어도 한 사람은 뽑힌 문안 가운데 그 수만큼에 찬성합니다."
        ),
    ),
    "fair_over": (
        (
            "Checked over the ballots of {n:,} person on the admissible candidates.|"
            "Checked over the ballots of {n:,} people on the admissible candidates."
        ),
        "기준선에 이른 후보 문안에 대한 {n:,}명의 투표에서 확인했습니다.",
    ),
    "fair_imputed": (
        "Nobody balloted: answers stand in for ballots, and gaps are filled in.",
        "투표한 사람은 없습니다. 답을 투표로 보고 빈 곳은 채웠습니다.",
    ),
    "fair_broken": (
        (
            "{n:,} supporter of statement {line} deserves {level}.|"
            "{n:,} supporters of statement {line} deserve {level} each."
        ),
        "의견 {line}에 찬성한 {n:,}명은 {level}개를 받아야 합니다.",
    ),
    "half": ("Most people agree with at least half of the lines", "문안 절반 이상에 찬성한 사람이 절반 이상"),
    "half_why": (
        (
            "Of {n:,} people {at_least_one}% agree with at least one line, "
            "{at_least_half}% with at least half, {all}% with all."
        ),
        "{n:,}명 가운데 {at_least_one}%가 하나 이상, {at_least_half}%가 절반 이상, {all}%가 모두에 찬성.",
    ),
    "ratification": ("Ratification", "추인"),
    "ratification_absent": (
        "An export has no ballots. Nothing on this page is called ratified.",
        "내보낸 자료에는 투표가 없습니다. 이 기록에서 추인되었다고 부르는 것은 없습니다.",
    ),
    "quorum": ("Quorum", "정족수"),
    "quorum_why": ("{n:,} balloted of {of:,} who voted", "답한 {of:,}명 가운데 {n:,}명이 투표"),
    "whole": ("Ratification of the whole", "결론안 전체의 추인"),
    "whole_why": ("{p}% of {n:,}", "{n:,}명 가운데 {p}%"),
    "tested": ("Groups tested", "시험한 그룹"),
    "tested_why": ("A group is tested from {n:,} people on.", "{n:,}명부터 시험합니다."),
    "untested": ("Reported, not tested: {groups}.", "보여만 주고 시험하지 않음: {groups}."),
    "silent_shortlist": (
        "{groups}: nobody balloted on the candidates; not tested there.",
        "{groups}: 후보 문안에 투표한 사람이 없어 거기서는 시험하지 않음.",
    ),
    "silent_ratification": (
        "{groups}: nobody balloted in the ratification; not tested there.",
        "{groups}: 추인에 투표한 사람이 없어 거기서는 시험하지 않음.",
    ),
    "all_as_one": ("everyone as one", "모두를 하나로"),
    "cells": (
        "{n:,} ballot cell of {of:,} is imputed ({p}%)|{n:,} ballot cells of {of:,} are imputed ({p}%)",
        "후보 문안의 칸 {of:,}개 가운데 {n:,}개({p}%)를 추정해 채움",
    ),
    "cells_why": (
        "They decide which admissible lines are chosen; no count on this page contains one.",
        "기준선에 이른 문안 가운데 무엇이 뽑히는지에만 쓰였고, 이 기록의 어떤 수에도 들어 있지 않습니다.",
    ),
    "guarantee_is": ("What this certificate speaks for:", "이 증명서가 말하는 범위:"),
    "guarantee": (
        "for those who balloted and the groups as published; nothing is said about people absent",
        "투표한 사람과 공개된 그룹에 대한 것이며, 함께하지 않은 사람에 대해서는 아무것도 말하지 않습니다",
    ),
    # what it was made from
    "left_out": ("Left out while reading", "읽으면서 뺀 것"),
    "left_nothing": ("Nothing was left out: every answer counts.", "뺀 것이 없습니다. 모든 답을 세었습니다."),
    "left_why": (
        "{n:,} answer counts; these do not.|{n:,} answers count; these do not.",
        "답 {n:,}개를 세었고, 다음은 세지 않았습니다.",
    ),
    "reason": ("Why", "까닭"),
    f"left {RE_VOTE}": (
        "An earlier answer of the same person to the same statement; the last one counts",
        "같은 사람이 같은 의견에 앞서 한 답 (마지막 답을 셈)",
    ),
    f"left {OUT}": ("The statement was moderated out", "내려진 의견에 한 답"),
    f"left {NO_TEXT}": ("The statement is missing in the list of statements", "의견 목록에 없는 의견에 한 답"),
    "rules": ("Rules", "규칙"),
    "rules_export": (
        "The defaults of this version and the size asked for, fixed before the file was read. Nobody picked a line.",
        "자료를 읽기 전에 정해진 이 판의 기본값과 요청한 문안 수입니다. 문안을 고른 사람은 없습니다.",
    ),
    "rules_sitting": (
        "Fixed and signed before opening. Nobody picked a line.",
        "열기 전에 정하고 서명했습니다. 문안을 고른 사람은 없습니다.",
    ),
    "rules_digest": ("Digest of the rules (SHA-256)", "규칙의 지문 (SHA-256)"),
    "rule_size": ("Lines at most", "문안 수(최대)"),
    "rule_shortlist": ("Candidates at most", "후보 문안 수(최대)"),
    "rule_threshold": ("Threshold: floor and every tested group", "기준선: 바닥값과 시험한 모든 그룹"),
    "rule_ratify_overall": ("Ratification overall", "추인: 전체"),
    "rule_ratify_group": ("Ratification in each tested group and channel", "추인: 시험한 그룹과 통로마다"),
    "rule_quorum": ("Quorum, of those who voted", "정족수(답한 사람 가운데)"),
    "rule_grace_s": ("Grace time in seconds", "유예(초)"),
    "rule_vote": ("Voting with", "투표 자격"),
    "rule_open_counts": ("Open voices decide", "입장권 없는 참여도 결정에 셈"),
    "rule_post": ("Writing with", "글쓰기 자격"),
    "rule_ballot": ("Balloting with", "문안 투표 자격"),
    "rule_rows": ("Rows of answers", "답의 행"),
    "rule_seeds": ("Digest of the starter statements", "첫 의견의 지문"),
    "rule_method": ("Method version", "방법의 판"),
    "not_used": ("not used here", "여기에는 쓰이지 않음"),
    "value_open": ("open", "공개"),
    "value_sealed": ("sealed", "봉인"),
    "value_code": ("code", "코드"),
    "value_ticket": ("ticket", "입장권"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    # how to check it
    "verify": ("Verify", "검증하기"),
    "verify_why": (
        "This command computes everything on this page again from the votes in the record, on anybody's computer.",
        "이 명령이 기록 속의 답에서 이 기록의 모든 것을 누구의 컴퓨터에서든 다시 계산합니다.",
    ),
    "verify_files": (
        "The record (record.zip) holds the rules, every statement, every answer by row and every figure printed here.",
        "기록(record.zip)에는 규칙, 모든 의견, 한 줄씩의 답, 여기 실린 모든 수가 들어 있습니다.",
    ),
    "digest": ("Digest of the record (SHA-256)", "기록의 지문 (SHA-256)"),
    "key": ("Fingerprint of the signing key (Ed25519)", "서명 열쇠의 지문 (Ed25519)"),
    "chain": ("End of the chain", "사슬의 끝"),
    "landscape": ("Digest of the opinion landscape", "의견 지형의 지문"),
    "version": ("Onnuri {version}, method {method}", "온누리 {version}, 방법 {method}"),
    "attribution": ("Data:", "자료:"),
    "made_by": ("Made by Onnuri from the sealed record alone.", "온누리가 봉인된 기록만으로 만들었습니다."),
    "no_text": ("Statement {number} (its text is not in the record)", "의견 {number} (기록에 글이 없음)"),
}
"""Key -> (English, Korean). "one|other" where English needs both forms; `{n}` chooses."""

OTHERS: Final = {"zh-hans": words_zh_hans.WORDS, "ja": words_ja.WORDS, "vi": words_vi.WORDS}


def said_in(language: str, key: str) -> str:
    """What a key says in a language.

    >>> said_in("ko", "agree"), said_in("vi", "agree")
    ('찬성', 'Đồng ý')
    """
    english, korean = WORDS[key]
    return {"en": english, "ko": korean}.get(language) or OTHERS[language][key]
