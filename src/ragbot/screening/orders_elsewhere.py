"""Orders in other languages: the commonest ways to override, to address a model, to dictate.

Each language has its verbs as imperatives, and beside them whom they mean: the instructions, the
user, any question. A verb alone orders nothing ("Vergiss nicht, die Einheit ...", "Ignora los
archivos ocultos"). The text is folded: no accents on Latin letters, and a Russian word that reads
as Latin from end to end is so ("he" for не, "ha" for на, "bce" for все).
"""

# ruff: noqa: E501  one phrase on a line, however long

from __future__ import annotations

NOUNS = {
    "GERMAN": "anweisung|vorgabe|befehl|instruktion|regel|anordnung|richtlinie",
    "GERMANMODEL": r"""ki|ki-?_?(?:modell|assistent|system|agent)\w*|assistent(?:en|in)?|chatbots?|bots?
        |sprachmodell\w*""",
    "GERMANREADER": r"(?:nutzer|benutzer|leser|anwender|fragende|student|studierende|lernende)\w*",
    "FRENCH": r"""(?:les|tes|vos|ces|toutes?|tous|des|mes|aux)_(?:\w+_){0,2}
        (?:instruction|consigne|regle|directive|ordre)s?""",
    "FRENCHMODEL": "ia|assistante?s?|modeles?_de_langage|chatbots?|agents?_conversationnels?",
    "FRENCHREADER": "(?:utilisateur|utilisatrice|lecteur|lectrice|etudiant|etudiante|eleve)s?",
    "SPANISH": "instruccion|regla|indicacion|ordenes|directri",
    "SPANISHMODEL": "ia|inteligencia_artificial|asistentes?|modelos?_de_lenguaje|chatbots?|bots?",
    "SPANISHREADER": "(?:usuario|usuaria|lector|lectora|alumno|alumna|estudiante)s?",
    "PORTUGUESEMODEL": "ia|assistentes?|modelos?_de_linguagem|chatbots?|bots?",
    "PORTUGUESEREADER": "(?:usuario|utilizador|leitor|leitora|aluno|aluna|estudante)(?:e?s)?",
    "ITALIANMODEL": "ia|ai|assistente|modello_linguistico|chatbot|bot",
    "RUSSIANMODEL": r"""ассистент\w*|помощник\w*|(?:чат-?)?бот\w{0,2}|нейросет\w*|ии
        |искусственн\w+_интеллект\w*|(?:языков\w+_)?модел\w*""",
    "RUSSIANREADER": r"(?:пользовател|читател|студент|ученик|человек)\w*",
    "CHINESEMODEL": "人工智[能慧]|助手|助理|[机機]器人|[语語]言模型|大模型|(?<![a-z])(?:ai|llm)",
    "CHINESEREADER": "用[户戶]|[读讀]者|使用者|提[问問]者|[学學][生员員]",
    "JAPANESEMODEL": "人工知能|アシスタント|言語モデル|チャットボット|ボット|(?<![a-z])(?:ai|llm)",
    "JAPANESEREADER": "ユーザー?|読者|質問者|利用者|学生|学習者",
    "KOREANMODEL": "인공지능|어시스턴트|챗봇|언어.?모델|비서|(?<![a-z])(?:ai|llm)",
    "KOREANREADER": "사용자|독자|질문자|학생|학습자",
    "ARABICMODEL": "(?:ال)?(?:مساعد|نموذج|روبوت|بوت)|الذكاء_الاصطناعي",
    "ARABICREADER": "(?:ال|لل)(?:مستخدم|قار[ئي]|طالب|سائل)",
    "HINDIMODEL": "एआई|सहायक|असिस्टेंट|मॉडल|चैटबॉट|बॉट|(?<![a-z])(?:ai|llm)",
    "HINDIREADER": "उपयोगकर्ता|पाठक|छात्र|विद्यार्थी|यूज\u093c?र",
}  # fmt: skip

OVERRIDES = r"""
    (ignorier|vergiss|vergesst|vergessen_sie|missachte|uberschreib)\w*(?!_(bitte_)?nicht) ..5 GERMAN\w*
    (vergiss|vergesst|ignorier\w*) (alles|die_zahl)
    ((ignore|oublie|neglige)[rz]?(?!_pas)|(ne_)?(tiens|tenez|tenir)_pas_compte) ..4 FRENCH
    (ne_)?pas_tenir_compte ..4 FRENCH
    \b(?<!\bno\s)(ignor[ae]|olvid[ae]|haz_caso_omiso|no_hagas_caso|descart[ae]|desatiend)\w* ..5 SPANISH\w*
    (deja|dejad|deje) de (usar|seguir|consultar|obedecer) (est[ao]s|las|los|tus|sus) ..2 (apuntes|notas|fuentes|instrucciones|reglas)
    \b(?<!\bnon\s)(ignor[ai]|dimentic|trascur|non_seguire)\w* ..5 (istruzion|regol|indicazion|ordin)\w*
    \b(?<!\bnao\s)(ignor[ae]|esquec|desconsider)\w* ..5 (instruco|regras|ordens|orientaco|comandos)\w*
    (negeer|vergeet)(?!_niet) ..5 (instructie|regels|aanwijzing|opdracht)\w*
    \b(?<!\bnie\s)(zignoruj|ignoruj|zapomnij|pomin) ..5 (instrukcj|polece|zasad|regul)\w*
    (talimat|kural|komut|yonerge)\w* ..3 (yok_?say|gormezden|unut|dikkate_alma)\w*
    (bo_qua|quen|phot_lo) ..4 (huong_dan|chi_thi|lenh|quy_tac)
    (abaikan|lupakan) ..4 (instruksi|perintah|aturan|petunjuk)
"""
OVERRIDES_OTHER_SCRIPTS = r"""
    (?<!he\s)(игнорир|проигнорир|забудь|отмени|отбрось|he_обращай_внимани)\w* ..5 (инструкц|указани|правил|команд|приказ)\w*
    he_(следуй|выполняй|соблюдай)\w* ..3 (инструкци|указани|правил)\w*
    (?<!he\s)(ігноруй|забудь|відкинь)\w* ..5 (інструкц|вказівк|правил|команд)\w*
    (?<![要别別勿])(忽略|无视|無視|忽視|忘记|忘記|忘掉|不要理会|不要遵守).{0,16}(指令|指示|规则|規則|提示|命令|要求)
    (忽略|无视|無視|忘记|忘記|忘掉).{0,4}(之前|以上|上述|先前|前面|此前).{0,8}([内內]容|[对對][话話]|[设設]定|[笔筆][记記]|一切|所有)
    (指示|命令|ルール|プロンプト|指令).{0,12}(無視(?!しな|せず|でき)|忘れ(?!な|ず)|従わな)
    (これまで|以前|上記|今まで|前)の.{0,8}(内容|会話|ノート|メモ).{0,6}(無視し|忘れ)(て|ろ|なさい)
    (지시|명령|규칙|지침|프롬프트).{0,12}(무시(?!하지|되)|잊(?!지))
    (?<!\w)(تجاهل|انس|انسى)\w* ..4 (ال)?(تعليمات|[اأ]وامر|قواعد)\w*
    (निर्देश|आदेश|नियम|प्रॉम्प्ट|हिदायत)((?!\s(न|मत)\s).){0,24}(अनदेख|नज\u093c?र.?अंदाज|भूल|उपेक्षा|न_मान)
"""

DICTATES = r"""
    antworte[nt]? ~sie (stets|immer|ausschliesslich|nur) ..2 (mit|dass)
    antworte[nt]? ~sie auf (jede|alle|samtliche) ..2 frage\w* ..3 (mit|dass|nur|ausschliesslich)
    auf (jede|alle|samtliche) ..2 frage\w* ..3 antworte\w* ..3 (mit|dass|nur|ausschliesslich)
    schreibe? ..2 als antwort
    (hinweis|nachricht|anweisung|botschaft|notiz) (an|fur) ~(das|die|den|der|alle|jede[nrs]?) GERMANMODEL
    (wenn|falls|sofern) (du|sie) ..2 (GERMANMODEL) (bist|sind)
    (jede[rs]?|alle) (GERMANMODEL)(?<!assistent)(?<!assistenten)(?<!assistentin) ..9 (muss|mussen|soll|sollen|hat_zu|haben_zu)
    (sag|sage|sagen_sie|teile?|teilen_sie|erklare?|rate|empfiehl|empfehlen_sie) ~(dem|der|den|jedem|allen) GERMANREADER ..3 (dass|mit|zu)
    ab (jetzt|sofort) (antwortest|antworte|sagst|sag|bist|sprichst) ~du
    (reponds|repondez|repondre) (seulement|toujours|uniquement|simplement)
    (reponds|repondez) a (toute|chaque|toutes_les) questions? ..2 (par|que|avec)
    (a|pour) (toute|chaque) question ..3 (reponds|repondez|dis|dites)
    si (tu_es|vous_etes) ..2 FRENCHMODEL
    (toute|tout|chaque) (FRENCHMODEL)(?<!assistant)(?<!assistante) ..9 (doit|devra|est_priee?)
    (toute|tout|chaque) assistante? qui (lit|lira|resume|cite|traite) ..9 (doit|devra)
    (note|message|consigne|instruction|avis)s? (a|au|aux|pour|destine\w*_aux?) ~(l|la|le|les|toute?) FRENCHMODEL
    (dis|dites|affirme[rz]?|indique[rz]?|annonce[rz]?|conseille[rz]?) (a_l|au|aux) FRENCHREADER (qu|que|de|d)
    (desormais|dorenavant) (reponds|repondez|tu_es|vous_etes|tu_reponds)
    (responde|responda|contesta|conteste) (siempre|unicamente|solamente|solo|con_la_palabra)
    (responde|responda|contesta|conteste) a (cualquier|toda|cada|todas_las) preguntas? ..2 (con|que)
    a (cualquier|toda|cada) pregunta ..3 (responde|responda|contesta|conteste|di)
    si (eres|es_usted) ..2 SPANISHMODEL
    (cualquier|toda|todo) (SPANISHMODEL)(?<!asistente) ..9 (debe|deben|debera|tiene_que|ha_de)
    (cualquier|todo) asistente que (lea|resuma|cite|procese|use) ..9 (debe|deben|debera|tiene_que|ha_de)
    (nota|mensaje|aviso|instruccion|instrucciones) (para|a|al) ~(el|la|los|las|todo|toda|cualquier) SPANISHMODEL
    (di|dile|diga|digale|informa|informale|asegura|recomienda|recomiendale|aconseja) (al|a_la|a_los|a_las) SPANISHREADER (que|de)
    a partir de ahora (responde|contesta|eres|actua|di)
    (responda|responde) (sempre|apenas|somente|unicamente|com_a_palavra)
    (responda|responde) a (qualquer|toda|cada|todas_as) perguntas? ..2 (com|que)
    (a|para) (qualquer|toda|cada) pergunta ..3 (responda|responde|diga)
    se (voce_e|voce_for|es|fores|for) ..2 PORTUGUESEMODEL
    (qualquer|toda|todo) (PORTUGUESEMODEL)(?<!assistente) ..9 (deve|devem|devera|tem_de|tem_que)
    (qualquer|todo) assistente que (leia|resuma|cite|processe|use) ..9 (deve|devem|devera|tem_de|tem_que)
    (nota|mensagem|aviso|instrucao|instrucoes) (para|a|ao) ~(o|a|os|as|todo|toda|qualquer) PORTUGUESEMODEL
    (diga|diz|informe|avise|garanta|recomende|aconselhe) (ao|aos) PORTUGUESEREADER (que|de)
    a partir de agora ..1 (responda|responde|aja|diga|voce_e|voce_deve)
    (rispondi|risponda) (sempre|soltanto|unicamente|solo|con_la_parola)
    (rispondi|risponda) a (ogni|qualsiasi|tutte_le) domand\w ..2 (con|che)
    se (sei|siete) ..2 ITALIANMODEL
    (di|dica|comunica|consiglia|assicura) (all|al|allo|agli) (utente|lettore|studente) (che|di)
    d'ora in (poi|avanti) ..1 (rispondi|sei|di)
    antwoord (altijd|alleen|uitsluitend) ..2 (met|dat)
    als (je|jij|u) ..2 (ai|ai-?assistent|assistent|taalmodel|chatbot) bent
    (vertel|zeg|adviseer) (de|aan_de) (gebruiker|lezer|student) ..2 (dat|om)
    (jesli|jezeli) jestes ..2 (ai|si|asystent|model|chatbot)\w*
    (odpowiadaj|odpowiedz) (zawsze|tylko|wylacznie)
    (kullaniciya|okura|okuyucuya|ogrenciye) ..9 (soyle|bildir|tavsiye_et|oner)
    (her|butun|tum) soru\w* ..6 (yanit|cevap)_ver\w*
    jika (anda|kamu|kau) ..2 (ai|asisten|model_bahasa|chatbot)
    neu ban la ..3 (ai|tro_ly|mo_hinh|chatbot)
    (estimad[oa]|querid[oa]|car[oa]|cher|chere|liebe[rs]?|beste) (as?sist[ae]nt[ea]?|chatbot|ki|ia)
"""
DICTATES_OTHER_SCRIPTS = r"""
    (уважаем\w+|дорог\w+|внимание|эй) RUSSIANMODEL[,:!]
    (если|раз) (ты|вы) ..3 (RUSSIANMODEL)\b
    (RUSSIANMODEL)[,:!] (ответь|отвечай|скажи|сообщи|напиши|посоветуй|he|ты|вы|всегда)
    (любой|любая|кажд\w+|bce) RUSSIANMODEL ..9 (должен|должна|должны|обязан\w*)
    (ответь|отвечай|скажи|говори|пиши|утверждай)(те)? (всегда|только|исключительно|что)
    (всегда|только) (отвечай|ответь|говори)(те)?
    ha (bce|любой|любые|каждый) ..2 вопрос\w* ..4 (отвечай|ответь|говори|пиши)\w*
    (скажи|сообщи|передай|посоветуй|порекомендуй|говори)(те)? RUSSIANREADER
    he (говори|сообщай|рассказывай|показывай|упоминай)\w* ..4 RUSSIANREADER
    якщо (ти|ви) ..3 (асистент|помічник|модел|чат-?бот|бот|ші)\w*
    (відповідай|відповідайте) (завжди|лише|тільки)
    ([如若]果?|假如|[当當])[你您](是|[为為]|作[为為]).{0,10}(CHINESEMODEL|模型)
    (致|[给給]|[亲親][爱愛]的|尊敬的|注意)[，,：:！!]?.{0,6}(CHINESEMODEL).{0,6}[：:，,！!]
    (CHINESEMODEL)[们們]?[，,：:！!]\s?([请請你您]|必[须須]|忽略|[现現]在|[从從][现現]在|不要|只)
    (任何|所有|每[个個]).{0,8}(CHINESEMODEL).{0,16}(必[须須]|[应應][当當]?|都要|一律)
    [从從]([现現]在|此刻|今)(起|[开開]始|以[后後])[，,]?.{0,4}[你您]
    (一律|始[终終]|[总總]是|永[远遠]|[统統]一|只能|[仅僅]|只)(要|需|可|能)?(回答|回[复覆復]|答[复覆復])
    (^|[，。,.：:；;！!？?]|[请請并並]|必[须須]|然[后後]|[务務]必)\s?告[诉訴]\s?(CHINESEREADER)
    ([问問][题題]|提[问問]|[询詢][问問]|[问問]).{0,16}(都|[请請]|就|一律|必[须須]|只能|均)(要|需)?.{0,4}(回答|回[复覆復]|答[复覆復]|告[诉訴])
    不(要|得|可|能|[应應])(向|[对對])?.{0,2}(告[诉訴]|透露|提及|提醒).{0,4}(CHINESEREADER)
    [你您]的?.{0,4}(回答|回[复覆復]|答[复覆復]|答案).{0,6}(必[须須]|都要|[务務]必)
    (あなた|君|貴方|お前)[がは].{0,8}(JAPANESEMODEL|モデル).{0,6}(なら|であれば|の場合|である場合)
    (JAPANESEMODEL)(へ|さん|の?皆[さ様]ん?|の?方|各位|諸君|宛)?\s?[:：、,！!].{0,60}(して|答え|伝え|無視|ください|下さい|なさい|せよ)
    (すべて|全て|全部|どんな|あらゆる|いかなる).{0,4}(質問|問い)(に|には|に対して).{0,30}と?(答え|回答|返答)
    と(だけ|のみ)?(答え|回答し|返答し|返信し|述べ|主張し|言い張)(て(ください|下さい|おけ)|ろ|なさい|るように|ること|よ|せよ)
    (JAPANESEREADER)に.{0,60}(伝え|告げ|勧め|言っ|言う|教え|案内し|話し)(て(ください|下さい|くれ|おけ)|ろ|なさい|よ(?!う(?!に))|ように)
    (回答|返答|答え)の(最後|末尾|冒頭|最初|文末)に.{0,40}(付け|つけ|追加|加え|書|入れ|含め|記載)
    今後(は|、|すべて|あなた).{0,20}(答え|回答|返答)
    (당신|너|네|귀하)([이가는은]).{0,10}(KOREANMODEL|모델).{0,6}(라면|이라면|일.?경우|면)
    (모든|어떤|이|모두).{0,2}질문에.{0,40}(라고|다고|만|로만)\s?(답|대답|응답)
    (항상|반드시|오직|무조건|언제나).{0,40}(라고|다고|로만)\s?(답|대답|응답|말)
    (KOREANREADER)(에게|한테|께).{0,60}(라고|다고|도록|라는|다는|것을|을|를)\s?(말하|말해|전하|전해|알리|알려|권하|권해|안내)(라|세요|십시오|줘|주세요|고)
    (KOREANMODEL)(에게|님|들|은|는)?\s?[:：,!].{0,60}(하라|하세요|십시오|해라|말.?것)
    (يا|[اأ]يها|[اأ]يتها|عزيزي) (ARABICMODEL)
    ([اإ]ذا|[اإ]ن)_كنت.{0,16}(ARABICMODEL)
    (على|يجب_على) ([اأ]ي|كل|جميع).{0,4}(نموذج|مساعد|روبوت|ذكاء|نماذج)
    ([اأ]جب|رد|قل|[اأ]خبر).{0,12}(دائما|فقط|ب[اأ]ن_|ARABICREADER|بكلمة|بالعبارة)
    لا (تخبر|تذكر|تجب|تقل|تكشف).{0,24}(ARABICREADER|السؤال|الس[ؤو]ال|الملاحظات)
    (عن|على) ([اأ]ي|كل|جميع).{0,3}(س[ؤو]ال|ال[اأ]س[ئي]لة).{0,24}([اأ]جب|قل|رد)
    تجاهل.{0,10}(كل_ما|ما_سبق|السؤال|ARABICREADER|الملاحظات)
    من ال[اآ]ن_فصاعدا
    (यदि|अगर) (आप|तुम|तू).{0,24}(HINDIMODEL).{0,6}(है|हो)
    (प्रिय|सभी|हर|प्रत्येक).{0,8}(HINDIMODEL).{0,60}(दें|दो|करें|करो|कहें|कहो|बताए|बताओ|चाहिए)
    (हर|प्रत्येक|सभी|किसी_भी) (सवाल|प्रश्न).{0,30}(केवल|सिर्फ|हमेशा|["“”'‘])
    (HINDIREADER)(ओं)? (को|से).{0,100}(बताएं|बताएँ|बताओ|बताइए|बताना|कहें|कहो|कहिए|कहना)
    (केवल|सिर्फ|हमेशा|सदैव).{0,60}(उत्तर|जवाब) (दें|दो|दीजिए|देना)
"""
