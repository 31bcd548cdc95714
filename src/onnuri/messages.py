"""What a refusal says to a person, by key, in their language. Korean is the source; catalogues hold the rest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_noop as _

from onnuri.conventions import day_text

if TYPE_CHECKING:
    from onnuri.errors import Refusal

SOURCE: Final = "ko"
MESSAGES: Final = {
    # reaching a page
    "code_unknown": _("코드를 찾지 못했어요. 여섯 자리를 다시 확인해 주세요."),
    "conference_unknown": _("이 컨퍼런스를 찾지 못했어요. 주소를 다시 확인해 주세요."),
    "claim_unknown": _("이 등록을 찾지 못했어요. 받은 링크를 그대로 열어 주세요."),
    "not_found": _("이 화면을 찾지 못했어요. 처음 화면에서 다시 찾아 주세요."),
    "record_unknown": _("아직 공개된 기록이 없어요. 추인이 끝나고 공개하면 여기에 나와요."),
    "server_error": _("문제가 생겼어요. 잠시 뒤에 다시 해 주세요. 계속되면 안내 데스크에 알려 주세요."),
    "busy": _("지금 사람이 많아요. 닫지 말고 기다려 주세요. 저절로 다시 시도해요."),
    # understanding a request
    "bad_request": _("보낸 내용을 읽지 못했어요. 처음 화면에서 다시 해 주세요."),
    "not_json": _("보낸 내용을 읽지 못했어요. JSON으로 다시 보내 주세요."),
    "json_shape": _("보낸 내용의 모양이 맞지 않아요: {detail}"),
    "too_large": _("한 번에 보내기에는 너무 커요. {limit} 바이트까지 보낼 수 있어요."),
    "other_site": _("다른 사이트에서 온 요청이라 받지 않았어요. 이 화면에서 다시 눌러 주세요."),
    "method": _("이 주소에서는 할 수 없는 요청이에요."),
    "csrf": _("화면이 오래되어 받지 못했어요. 새로 고친 뒤 다시 눌러 주세요."),
    # taking part
    "no_voice": _("이 휴대폰에는 발언권이 없어요. 처음 쓴 휴대폰에서 옮기거나 안내 데스크에 말해 주세요."),
    "voice_moved": _("발언권이 다른 휴대폰으로 옮겨졌어요. 그 휴대폰에서 이어서 하세요."),
    "move_expired": _("옮기는 코드의 시간이 지났어요. 처음 휴대폰에서 새 QR을 띄워 주세요."),
    "move_unknown": _("이 QR로는 발언권을 옮길 수 없어요. 처음 휴대폰에서 새 QR을 띄워 주세요."),
    "traits_many": _("참여자에게는 세 가지까지 물을 수 있어요."),
    "traits_options": _("물음마다 서로 다른 보기를 2개에서 8개까지 적어 주세요."),
    "voice_here": _("이 휴대폰에는 이미 발언권이 있어요. 한 사람은 발언권 하나로 함께해요."),
    "token_rubbish": _("발언권을 만들지 못했어요. 화면을 새로 고친 뒤 다시 해 주세요. 코드는 그대로 쓸 수 있어요."),
    "token_unsigned": _("이 발언권은 여기에서 받은 것이 아니에요. 코드로 다시 들어와 주세요."),
    "no_voice_keys": _("아직 발언권을 나눠 줄 준비가 되지 않았어요. 화면을 새로 고쳐 주세요."),
    "ticket_needed": _("여기에는 입장권이 필요해요. 입장권 QR을 열거나 안내 데스크로 와 주세요."),
    "ticket_waiting": _("아직 대기 중인 입장권이에요. 자리가 나면 발언권을 받을 수 있어요."),
    "ticket_other": _("다른 행사 입장권이에요. 이 행사의 입장권을 열어 주세요."),
    "code_used": _("이미 쓴 코드예요. 처음 쓴 휴대폰에서 이어서 하거나 안내 데스크에 말해 주세요."),
    "seat_code_unknown": _("좌석 코드를 찾지 못했어요. 한 글자씩 다시 확인해 주세요."),
    "card_needed": _("이 코드는 한 번만 쓰는 코드예요. 안내 데스크에서 카드로 바꿔 주세요."),
    "card_answered": _("이 카드는 이번에 이미 답했어요. 바꿔 적으려면 ‘새 답으로 바꾸기’를 골라 주세요."),
    "kiosk_only": _("안내석 기기 링크로 열어야 해요. 진행자에게 새 링크를 받아 주세요."),
    "consent_needed": _("동의해야 답을 셀 수 있어요. 동의하지 않아도 보고 들을 수 있어요."),
    "voice_taken": _("이미 발언권을 받은 입장권이라 자리를 내놓을 수 없어요."),
    "sealed": _("기록이 봉인되어 더 바꿀 수 없어요."),
    "sealed_round": _("닫힌 라운드의 답은 이미 사슬에 묶여 지울 수 없어요. 남은 순서에 답하지 않아도 돼요."),
    # voting
    "round_closed": _("이 라운드는 닫혔어요. 이미 닿은 답은 그대로 세었어요."),
    "too_late": _("이 답은 마감 뒤에 닿아 세지 못했어요. 다음 순서에서 함께해 주세요."),
    "round_ticket": _("이 화면의 라운드 표가 맞지 않아요. 새로 고쳐 주세요. 저장된 답은 남아 있어요."),
    "statement_unknown": _("이 의견을 찾지 못했어요: {statement}번. 다음 의견에 답해 주세요."),
    "statement_gone": _("이 의견은 내려갔어요. 다음 의견을 보여 드릴게요."),
    "vote_value": _("답은 찬성, 모르겠어요, 반대 가운데 하나여야 해요."),
    "vote_count": _("한 번에 1개에서 50개까지 보낼 수 있어요."),
    "line_unknown": _("후보에 없는 문안이에요: {line}번."),
    "no_statements": _("아직 올라간 의견이 없어요. 먼저 의견을 올려 주세요."),
    # writing
    "text_blank": _("아직 아무것도 쓰지 않았어요. 보이는 글자를 적어 주세요."),
    "text_too_long": _("{n}자 넘었어요. 조금만 줄여 주세요."),
    "text_not_unicode": _("읽을 수 없는 글자가 들어 있어요. 그 글자를 지우고 다시 보내 주세요."),
    "same_text": _("똑같은 의견이 이미 있어요. 그 의견에 답해 주세요."),
    "write_later": _("답을 {n}개 더 하면 또 쓸 수 있어요. 쓰던 글은 남겨 뒀어요."),
    "writing_over": _("지금은 새 의견을 받지 않아요. 후보 문안에 답해 주세요."),
    "language": _("모르는 언어예요: {lang}"),
    "translation_unknown": _("이 번역을 찾지 못했어요. 화면을 새로 고쳐 주세요."),
    "translation_stale": _("그사이 원문이 바뀌었어요. 새 원문을 보고 다시 옮겨 주세요."),
    "translation_same_language": _("원문과 같은 언어예요. 다른 언어를 골라 주세요."),
    "no_translator": _("번역 서비스가 정해지지 않았어요. 서버를 운영하는 분에게 물어봐 주세요."),
    "cite_two": _("서로 다른 의견을 둘 이상 골라 주세요."),
    "not_yours": _("내가 낸 문안만 고칠 수 있어요."),
    "your_own_line": _("내 문안에는 빠진 것을 적을 수 없어요. 대신 고쳐 쓸 수 있어요."),
    "redrafted": _("문안은 한 번만 고칠 수 있어요."),
    "vote_first": _("먼저 이 문안에 답해 주세요. 찬성하지 않은 사람이 빠진 것을 적을 수 있어요."),
    # between rounds
    "round_is_open": _("라운드가 열려 있어요. 라운드를 닫은 다음에 할 수 있어요."),
    "interlude_kind": _("순서의 종류를 목록에서 골라 주세요."),
    "interlude_unknown": _("이 순서를 찾지 못했어요. 화면을 새로 고쳐 주세요."),
    "interlude_was_on": _("이미 시작한 순서예요. 새 순서를 만들어 주세요."),
    "nothing_on": _("지금은 내릴 순서가 없어요."),
    "poll_was_asked": _("한 번 물은 설문이에요. 다시 물으려면 새 설문을 만들어 주세요."),
    "poll_open": _("아직 답을 받고 있어요. 닫은 다음에 셀 수 있어요."),
    "poll_closed": _("설문이 닫힌 뒤에 닿아 이 답은 세지 못했어요. 다른 답은 모두 그대로예요."),
    "poll_unknown": _("이 설문을 찾지 못했어요. 화면을 새로 고쳐 주세요."),
    "poll_options": _("보기를 {least}개에서 {most}개까지 적어 주세요."),
    "poll_lines": _("언어마다 보기 수가 같아야 해요. 여기도 {n}줄로 적어 주세요."),
    "poll_same": _("똑같은 보기가 있어요. 서로 다르게 적어 주세요."),
    "poll_points": _("점수는 {least}점에서 {most}점까지 만들 수 있어요."),
    "poll_words": _("낱말은 {most}개까지예요."),
    "poll_choice": _("보기에 있는 답을 골라 주세요."),
    "not_a_cloud": _("낱말 설문이 아니에요."),
    "screen": _("큰 화면에 보일 것을 목록에서 골라 주세요."),
    "questions_enough": _("답을 기다리는 내 질문이 {most}개예요. 답을 들은 다음에 또 물을 수 있어요."),
    "same_question": _("똑같은 질문이 이미 있어요. 그 질문에 힘을 보태 주세요."),
    "question_unknown": _("이미 답했거나 내려간 질문이에요. 다른 질문에 힘을 보태 주세요."),
    "question_unread": _("먼저 질문을 검토해 주세요."),
    "not_your_question": _("내가 낸 질문만 거둘 수 있어요."),
    "question_answered": _("이미 답한 질문이라 거둘 수 없어요."),
    "evidence_figure": _("수치를 숫자로 적어 주세요. 예: 61.4"),
    "evidence_enough": _("근거는 한 곳에 {most}장까지 붙일 수 있어요."),
    "evidence_unknown": _("이 근거를 찾지 못했어요. 화면을 새로 고쳐 주세요."),
    "challenges_enough": _("열려 있는 내 이의가 {most}개이거나 이 근거에 이미 이의를 냈어요."),
    "challenge_unknown": _("이 이의를 찾지 못했어요. 닫혔거나 내려갔을 수 있어요."),
    # moderating
    "already_appealed": _("이미 다시 봐 달라고 했어요. 다른 사람이 보고 있어요."),
    "nothing_to_appeal": _("올리지 않았거나 내린 의견만 다시 봐 달라고 할 수 있어요."),
    "not_your_statement": _("내가 쓴 의견에만 할 수 있어요."),
    "suggestion_gone": _("고침 제안이 그사이 거두어졌어요. 화면을 새로 고쳐 주세요."),
    "author_gone": _("글쓴이에게 물어볼 수 없는 글이에요. 올리거나 거절해 주세요."),
    "voted_on": _("이미 누군가 답한 의견이라 바꾸거나 합칠 수 없어요. 내리려면 두 사람이 함께 정해야 해요."),
    "merge_itself": _("같은 의견끼리는 합칠 수 없어요. 다른 의견을 골라 주세요."),
    "merge_into_gone": _("올라가 있지 않은 의견에는 합칠 수 없어요. 다른 의견을 골라 주세요."),
    "merge_kinds": _("의견은 의견과, 문안은 문안과만 합칠 수 있어요."),
    "merge_where": _("어느 의견에 합칠지 골라 주세요."),
    "undo_late": _("되돌릴 것이 없거나 10초가 지났어요."),
    "who_needed": _("누가 했는지 남겨야 해요. 이름을 적거나 로그인해 주세요."),
    "other_person": _("처음 정한 사람이 아닌 다른 사람이 정해야 해요."),
    "two_accounts": _("두 사람 가운데 적어도 한 사람은 로그인해야 해요."),
    "removal_waits": _("이미 내리자고 한 의견이에요. 다른 한 사람이 정하면 돼요."),
    "remove_on_ballot": _("후보 문안 투표에 올라 있어 지금은 내릴 수 없어요."),
    # rights
    "right_needed": _("어떤 권리인지 골라 주세요."),
    "rights_consent": _("요청을 처리하려면 이름과 이메일을 쓰는 데 동의해야 해요."),
    "rights_gone": _("이미 지웠거나 볼 수 없는 글이에요. 가릴 것이 남아 있지 않아요."),
    "rights_again": _("이 글에 대한 요청을 이미 받았어요. 메일로 보낸 링크에서 볼 수 있어요."),
    "rights_unknown": _("이 요청을 찾지 못했어요. 메일로 받은 링크를 그대로 열어 주세요."),
    "already_objected": _("이미 이의를 냈거나, 지금은 가려진 글이 아니에요."),
    "outcome_needed": _("어떻게 할지 하나를 골라 주세요."),
    "too_fast": _("조금 빨라요. {n}초 뒤에 저절로 다시 보내요."),
    # comments
    "comment_unknown": _("이 댓글을 찾지 못했어요. 목록을 새로 고쳐 주세요."),
    "comment_deleted": _("글쓴이가 지운 댓글이에요. 다른 댓글을 봐 주세요."),
    "comment_shown": _("이미 모두에게 보이는 댓글이에요."),
    "comment_nothing_to_appeal": _("운영자가 가린 내 댓글만 다시 봐 달라고 할 수 있어요."),
    "comment_not_own": _("내가 쓴 댓글만 지울 수 있어요."),
    "comment_of_another": _("내가 쓴 댓글이 아니에요."),
    "comment_same": _("똑같은 댓글을 이미 남겼어요. 아래에 있어요."),
    "comment_pace": _("짧은 사이에 댓글을 {n}개 남겼어요. 잠시 뒤에 다시 남겨 주세요. 쓰던 글은 그대로 있어요."),
    "comment_confirmed": _("여기서는 이메일을 확인한 계정으로 댓글을 남겨요. 내 계정에서 먼저 확인해 주세요."),
    "comment_nobody": _("글쓴이가 떠나서 차단할 사람이 없어요."),
    "already_taken_part": _("이미 참여했어요."),
    "already_reported": _("이미 신고했어요."),
    "report_own": _("내 댓글은 신고할 수 없어요. 지우고 싶으면 지우기를 눌러 주세요."),
    "not_blocked": _("차단하지 않은 사람이에요. 목록을 새로 고쳐 주세요."),
    "block_self": _("나를 차단할 수는 없어요."),
    "too_many": _("짧은 사이에 너무 많이 보냈어요. {n}초 뒤에 뒤로 가서 다시 눌러 주세요."),
    # places
    "email": _("이메일 주소를 다시 확인해 주세요. 예: name@example.kr"),
    "wish": _("현장, 온라인, 현장이 안 되면 온라인 가운데 하나를 골라 주세요."),
    "idempotency_key": _("요청마다 Idempotency-Key를 8자에서 64자로 보내 주세요."),
    "key_used": _("같은 키로 다른 내용을 보냈어요. 새 키로 다시 보내 주세요."),
    "already_registered": _("이 이메일로 이미 등록했어요."),
    "party": _("한 번에 1명에서 {most}명까지 함께 등록할 수 있어요."),
    "registration_closed": _("등록은 끝났어요. 안내 데스크에 물어봐 주세요."),
    "device_limit": _("이 기기로는 {most}자리까지 잡을 수 있어요. 다른 분은 자기 휴대폰으로 등록해 주세요."),
    "invitation_unknown": _("초대 코드를 찾지 못했어요. 한 글자씩 다시 확인해 주세요."),
    "invitation_used": _("이미 다 쓴 초대 코드예요. 초대한 분에게 새 코드를 받아 주세요."),
    "consent_place": _("동의해야 이름과 이메일을 받을 수 있어요. 자리는 그동안 맡아 두고 있어요."),
    "consent_sensitive": _(
        "도움 요청은 건강을 드러낼 수 있어 따로 동의해야 받을 수 있어요. 표시하거나 그 칸을 비워 주세요."
    ),
    "guardian_needed": _("만 14세 미만이면 보호자의 동의가 필요해요. 보호자와 함께 표시해 주세요."),
    "address_confirmed": _("확인된 이메일은 여기서 바꿀 수 없어요. 안내 데스크에 말해 주세요."),
    "mail_again_later": _("방금 보냈어요. 1분 뒤에 다시 보낼 수 있어요. 스팸함도 봐 주세요."),
    "no_offer": _("지금은 받을 수 있는 자리가 없어요. 차례가 되면 메일로 알려 드려요."),
    "confirm_first": _("먼저 메일의 단추로 주소를 확인해 주세요."),
    "hold_over": _("맡아 둔 시간이 지난 자리예요. 메일의 단추를 누르거나 다시 등록해 주세요."),
    "not_waiting": _("대기 줄에 있는 사람만 옮길 수 있어요."),
    "move": _("줄의 맨 앞이나 맨 뒤로만 옮길 수 있어요."),
    "reason_and_name": _("누가 왜 바꾸는지 적어 주세요. 횟수는 모두에게 공개돼요."),
    "receipt_shape": _("접수증의 모양이 아니에요. 처음부터 끝까지 그대로 붙여 주세요."),
    "receipt_signature": _("이 서버가 서명한 접수증이 아니에요. 한 글자라도 바뀌면 맞지 않아요."),
    "ticket_forged": _("우리가 만든 입장권이 아니에요. 이름으로 찾아 주세요."),
    "not_open": _("아직 시작 전이에요. {time}에 열려요. 이 화면에서 기다리면 돼요."),
    "link_expired": _("이 링크는 기한이 지났어요. 새 링크를 받아 주세요."),
    "given_up": _("이미 내놓은 자리예요. 다시 오시려면 새로 등록해 주세요."),
    "seats": _("좌석은 1석에서 {most}석까지 정할 수 있어요."),
    "slug_taken": _("이미 쓰는 주소예요: {slug}. 다른 이름을 골라 주세요."),
    "post_by_ticket": _("여기서는 입장권이나 좌석 코드로 들어온 사람이 글을 써요. 답하기는 그대로 할 수 있어요."),
    "ballot_by_ticket": _("문안 투표는 입장권이나 좌석 코드로 들어온 사람이 해요. 안내 데스크에 물어봐 주세요."),
    # accounts
    "organisers_only": _("새 컨퍼런스는 주최자 계정으로 만들 수 있어요. 서버를 맡은 분에게 말해 주세요."),
    "alias_taken": _("다른 사람이 쓰는 이름이에요. 다른 이름을 적어 주세요."),
    "role": _("역할을 목록에서 골라 주세요."),
    "role_unknown": _("이미 빠진 사람이에요. 목록을 새로 고쳐 주세요."),
    "too_often": _("너무 자주 시도했어요. 5분 뒤에 다시 해 주세요. 다른 분들의 투표에는 영향이 없어요."),
    "sign_in_first": _("로그인해야 할 수 있어요. 로그인하면 이 화면으로 돌아와요."),
    # the host's side
    "host_only": _("진행자 링크로 들어와야 해요. 만들 때 받은 링크를 그대로 열어 주세요."),
    "not_now": _("지금은 할 수 없는 일이에요. 화면을 새로 고쳐 지금 순서를 확인해 주세요."),
    "reason_needed": _("거절하려면 까닭을 하나 골라 주세요."),
    "already_decided": _("이미 처리한 글이에요."),
    "accept_over": _("후보 문안 투표가 열린 뒤라 새 의견은 올릴 수 없어요. 까닭을 골라 글쓴이에게 알려 주세요."),
    "rules_fixed": _("규칙은 이미 서명되어 바꿀 수 없어요."),
    "rule": _("이 값은 규칙이 될 수 없어요. 적힌 범위 안에서 골라 주세요."),
    "count": _("1개에서 {most}개까지 만들 수 있어요."),
    "addressee": _("문안마다 받는 곳과 답할 날을 적어 주세요."),
    "election_question": _(
        "후보나 정당에 대한 찬반은 물을 수 없어요 ({words}). 선거 여론조사가 아니면 그 칸에 표시하고 다시 저장하세요."
    ),
    "not_rehearsal": _("예행연습이 아니라서 지울 수 없어요. 실제 대화는 이 단추로 지워지지 않아요."),
    "due": _("답할 날은 오늘 뒤의 날짜여야 해요."),
    # mail
    "mail_which": _("그런 메일이 없어요. 목록을 새로 고쳐 다시 골라 주세요."),
    "mail_not_failed": _("이미 다시 보내고 있는 메일이에요."),
    # the programme and its calendar
    "start_missing": _("먼저 시작하는 때를 적어 주세요."),
    "ends_first": _("끝나는 때는 시작하는 때보다 뒤여야 해요."),
    "doors_late": _("문 여는 때는 시작하는 때보다 늦을 수 없어요."),
    "outside": _("컨퍼런스 시간 밖이에요. 이 시각을 맞추거나 컨퍼런스 시간을 먼저 바꿔 주세요."),
    "sessions_outside": _(
        "새 시간 밖에 놓이는 세션이 있어요: “{title}”. 세션도 함께 옮기거나 그 세션을 먼저 바꿔 주세요."
    ),
    "moment": _("날짜와 시각을 다시 확인해 주세요. 예: 2026-05-22 14:00"),
    "address": _("https://로 시작하는 주소를 그대로 붙여 주세요. 아이디나 비밀번호가 든 주소는 받지 않아요."),
    "title_needed": _("제목을 한 언어로라도 적어 주세요."),
    "session_kind": _("세션의 종류를 목록에서 골라 주세요."),
    "session_unknown": _("이 세션을 찾지 못했어요. 다른 주최자가 뺐을 수 있으니 프로그램을 다시 열어 주세요."),
    "session_gone": _("다른 주최자가 이 세션을 뺐어요. 적은 것은 그대로 있고, 저장하면 새 세션으로 들어가요."),
    "sessions_most": _("프로그램에는 {most}개까지 넣을 수 있어요."),
    "edited_meanwhile": _(
        "그사이 다른 주최자가 고쳤어요. 적은 것은 아래에 그대로 있으니 견주어 보고 다시 저장해 주세요."
    ),
    "traits_untranslated": _("이 언어에서는 물음과 보기를 모두 적거나 모두 비워 주세요."),
    "account_unknown": _("이 주소로 된 계정이 없어요: {email}"),
    "words_fixed": _("규칙이 고정되어 이미 읽힌 글은 바꾸지 못해요. 빠진 언어를 더할 수만 있어요."),
    "session_talked_about": _(
        "댓글이나 사진이 있는 세션은 빼지 않아요. ‘취소됨’으로 표시하거나, 사진을 먼저 빼 주세요."
    ),
    "picture_unknown": _("읽을 수 없는 사진이에요. JPEG, PNG, WebP 사진을 골라 주세요."),
    "picture_pixels": _("사진이 너무 커요. {limit}메가픽셀까지 올릴 수 있어요."),
    "picture_none": _("사진 파일을 골라 주세요."),
    "description_needed": _("사진을 보지 못하는 사람을 위해 무엇이 보이는지 한 언어로라도 적어 주세요."),
    "undo_over": _("되돌릴 수 있는 시간이 지났어요. 세션을 새로 넣어 주세요."),
    "announcement_blank": _("알릴 말을 한 언어로라도 적어 주세요."),
    "slug_shape": _("주소에는 영문자, 숫자, -와 _만 50자까지 쓸 수 있어요."),
    "number_shape": _("회차는 1에서 {most} 사이의 숫자로 적어 주세요."),
    "number_taken": _("이 시리즈에 제{number}회가 이미 있어요. 다른 회차를 적어 주세요."),
    "series_unknown": _("이 시리즈를 찾지 못했어요. 주소를 다시 확인해 주세요."),
    "opens_needed": _("등록을 여는 때를 적어 주세요. 그때까지는 아무도 등록할 수 없어요."),
    # the door
    "door_only": _("문 링크로 들어와야 해요. 주최자에게 새 문 링크를 받아 주세요."),
    "scan_count": _("한 번에 {most}건까지 보낼 수 있어요. 나누어 보내 주세요."),
    "scan_act": _("할 일은 in이나 undo 가운데 하나여야 해요."),
    "scan_counter": _("번호는 1부터 늘어나는 수여야 해요."),
    "scan_time": _("시각은 시간대가 있는 ISO 8601이어야 해요."),
    "scan_ticket": _("코드나 입장권 번호 가운데 하나를 보내 주세요."),
    "scan_used": _("이 기기의 {n}번은 이미 다른 내용으로 저장됐어요. 먼저 온 것이 그대로 남아 있어요."),
    "release_early": _("빈자리는 {time}부터 넘길 수 있어요. 그때까지는 온 사람의 자리예요."),
    "who_releases": _("누가 빈자리를 넘기는지 이름을 적어 주세요."),
    "voice_unused": _("이 입장권은 아직 발언권을 받지 않았어요. 입장권의 단추로 바로 받을 수 있어요."),
    "no_conversation": _("이 컨퍼런스에는 아직 공론 대화가 없어요."),
    "search_blank": _("코드나 이름을 적어 주세요."),
    # the organiser's side of places
    "choose_somebody": _("먼저 목록에서 한 사람 이상 골라 주세요."),
    "choose_fewer": _("한 번에 {most}명까지 고를 수 있어요."),
    "setting": _("{least}에서 {most} 사이의 수로 적어 주세요."),
    "setting_time": _("여는 때를 날짜와 시각으로 적어 주세요. 예: 2026-05-02 10:00"),
    "setting_fixed": _("이미 등록이 시작되어 바꿀 수 없어요."),
    "draw_needs_time": _("추첨하려면 여는 때를 먼저 정해 주세요."),
    "import_file": _("표로 읽을 수 없는 파일이에요. CSV나 XLSX로 저장해 다시 올려 주세요."),
    "import_none": _("올릴 파일을 골라 주세요."),
    "import_encoding": _("글자를 읽을 수 없는 파일이에요. UTF-8 CSV나 XLSX로 저장해 다시 올려 주세요."),
    "import_empty": _("사람이 한 줄도 없는 파일이에요. 첫 줄은 제목, 둘째 줄부터 사람이어야 해요."),
    "import_rows": _("한 번에 {most}명까지 올릴 수 있어요. 파일을 나누어 주세요."),
    "import_columns": _("첫 줄에 '이름'과 '이메일' 제목이 있어야 해요. 양식 파일을 받아 채워 주세요."),
    "import_twice": _("{line}번째 줄과 이메일이 같아요."),
    "import_companions": _("동행 이름이 인원보다 많아요. 인원에는 본인도 넣어 주세요."),
    "import_consent": _("이 사람들이 동의했다고 확인해야 올릴 수 있어요."),
    "import_gone": _("미리 본 파일이 서버에 남아 있지 않아요. 바뀐 것은 없으니 파일을 다시 올려 주세요."),
    "proof_absent": _("문에서 체크인한 사람에게만 참석 확인서를 줄 수 있어요."),
    "proof_nameless": _("이름이 없는 입장권이에요. 이름을 먼저 적어 주세요."),
    "proof_nobody": _("아직 체크인한 사람이 없어요. 문에서 체크인하면 여기서 만들 수 있어요."),
    "proof_font": _("확인서에 쓸 글꼴이 서버에 없어요. 서버에 fonts-noto-cjk를 설치해 주세요."),
    "proof_glyph": _("글꼴에 없는 글자가 있어 확인서를 만들지 않았어요: {name}"),
    "proof_unknown": _("이 확인 코드를 찾지 못했어요. 종이의 코드를 한 글자씩 다시 확인해 주세요."),
    "proof_name": _("이 확인서는 그 이름으로 나가지 않았어요. 종이에 적힌 이름 그대로 적어 주세요."),
    "proof_gone": _("만들어 둔 확인서 묶음이 서버에 남아 있지 않아요. 다시 만들어 주세요."),
    "erase_early": _("행사가 끝나거나 등록을 닫은 뒤에 지울 수 있어요. 그 전에는 문에서 이름이 필요해요."),
    "erase_place_first": _("먼저 자리를 내놓아 주세요. 자리가 있는 동안은 문에서 이름이 필요해요."),
    "erase_sure": _("되돌릴 수 없다는 것을 확인하는 칸에 표시해 주세요."),
}


def message(refusal: Refusal, language: str | None = None) -> str:
    """The sentence for a refusal.

    Args:
        refusal: its key and placeholders.
        language: None = the language active in this thread.
    """
    if language is not None:
        with override(language):
            return message(refusal)
    source = MESSAGES.get(refusal.key)
    if source is None:
        return refusal.key
    about = {name: _shown(value) for name, value in refusal.about.items()}
    try:
        return gettext(source).format(**about)
    except (KeyError, IndexError):
        return gettext(source)


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{day_text(local, get_language() or SOURCE)} {local:%H:%M}"
    return value


def error_body(refusal: Refusal, language: str | None = None) -> dict[str, object]:
    """The one error shape."""
    error: dict[str, object] = {"key": refusal.key, "message": message(refusal, language)}
    if refusal.field is not None:
        error["field"] = refusal.field
    if "id" in refusal.about:
        error["id"] = refusal.about["id"]
    return {"ok": False, "error": error}
