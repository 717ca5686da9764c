"""Letters and common words of languages, by which a text tells its own: a new language is one entry here.

Words are lower case with straight apostrophes. How often a word occurs says less than how few other languages have it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letters:
    """script: a key of `text_language.SCRIPTS`; letters: those that it has besides a to z; common: words.

    spaced: the language writes spaces between words. Where it does not, common holds pieces of words.
    """

    script: str
    letters: str = ""
    common: str = ""
    spaced: bool = True


_CHINESE = " ".join(
    "的一是不了在人有我他这個个们們中来來上大为為和国地到以说說时時要就出会會可也你对對生能而子那得着下自"
    "之年过過发發后後作里裡用道行所然家种事成方多经么麼去法学如都同现現当没沒动面起看定天分还還进好小部其"
    "些主样心本前开開但因只从想实点點打按把等次请請将將這让讓与與选選机機水手放关關拧拿先再吗嗎呢吧很钮鈕盖蓋设設置键鍵"
)
LANGUAGES = {
    "en": Letters(
        "Latin",
        "",
        "the and to of is you in it that this your for on with are be can will now then we have not if at "
        "press open close turn wait click take put until every should next first from into it's don't let's",
    ),
    "de": Letters(
        "Latin",
        "äöüß",
        "der die das und ist nicht sie ich ein eine zu den mit auf wir es im dem auch so wie dann jetzt bitte "
        "für oder drücken öffnen warten schließen klicken nehmen zuerst danach dass wird man noch nur wenn "
        "bis uns hier kurz sich",
    ),
    "fr": Letters(
        "Latin",
        "àâæçéèêëîïôœùûüÿ",
        "le la les et est ne vous de un une dans que pour pas sur avec ce il nous du des puis votre qui en au "
        "je c'est ouvrez appuyez attendez fermez cliquez prenez ensuite d'abord jusqu'à bien maintenant sont "
        "cette être fait vérifiez",
    ),
    "es": Letters(
        "Latin",
        "áéíñóúü",
        "el la los las y es de que en un una por con para no se lo su al del como más pero está esto después "
        "abra pulse espere cierre haga clic luego ahora muy también así hasta botón vamos puede cuando sobre "
        "entre",
    ),
    "pt": Letters(
        "Latin",
        "àáâãçéêíóôõúü",
        "o a os as e é de que em um uma por com para não se do da no na ao você seu mas isso depois até está "
        "então abra pressione espere feche clique agora muito também botão vamos pode quando antes das dos "
        "pelo pela",
    ),
    "it": Letters(
        "Latin",
        "àèéìíòóù",
        "il la i gli le e è di che in un una per con non si del della al sono questo come poi più ora anche "
        "nel apri premi aspetta chiudi clicca prendi adesso molto così perché pulsante fino può quando prima "
        "dopo",
    ),
    "nl": Letters(
        "Latin",
        "éëïóöü",
        "de het een en is van je niet dat op te in met voor we zijn dan nu ook naar maar deze er dit open "
        "druk wacht sluit klik daarna nog heel goed eerst tot wordt bij uit kan één hebben of als",
    ),
    "sv": Letters(
        "Latin",
        "åäöé",
        "och att det är en som på av för med den inte jag du vi till har ett om så sedan nu kan eller öppna "
        "tryck vänta stäng klicka tills när mycket kommer från här bara vara ska",
    ),
    "da": Letters(
        "Latin",
        "æøåé",
        "og at det er en som på af for med den ikke jeg du vi til har et om så nu kan skal eller dig åbn tryk "
        "vent luk klik derefter når meget efter ud fra her bare være mig din hvad",
    ),
    "nb": Letters(
        "Latin",
        "æøåéòô",
        "og å det er en som på av for med den ikke jeg du vi til har et om så nå kan skal eller deg åpne "
        "trykk vent lukk klikk deretter når veldig etter ut fra her bare være meg din hva opp",
    ),
    "fi": Letters(
        "Latin",
        "äöåšž",
        "ja on ei se että hän niin kun mutta ole tämä sitten nyt kuin myös voi sen tai jos siitä minä avaa "
        "paina odota sulje valitse kunnes vielä hyvin tässä ovat niitä sinun ensin",
    ),
    "is": Letters(
        "Latin",
        "áðéíóúýþæö",
        "og að er það ekki í á við sem um en til þú ég hann með fyrir þetta svo eða var nú",
    ),
    "pl": Letters(
        "Latin",
        "ąćęłńóśźż",
        "i w nie na się z do to że jest jak o co tak za od po ale czy już teraz dla przez oraz lub następnie "
        "dwa raz razy który może otwórz naciśnij poczekaj zamknij kliknij potem aż bardzo tylko gdy można "
        "trzeba są jego tego",
    ),
    "cs": Letters(
        "Latin",
        "áčďéěíňóřšťúůýž",
        "a v je se na to že s z do o jsem ale jako pak když tak už by který pro jsou není nebo při teď "
        "otevřete stiskněte počkejte zavřete klikněte potom až velmi jen lze jejich tento která dvakrát",
    ),
    "sk": Letters(
        "Latin",
        "áäčďéíĺľňóôŕšťúýž",
        "a v je sa na to že s z do o som ale ako potom keď tak už by ktorý pre sú nie alebo pri teraz otvorte "
        "stlačte počkajte zatvorte kliknite až veľmi len lebo možno ich tento ktorá kým",
    ),
    "hu": Letters(
        "Latin",
        "áéíóöőúüű",
        "a az és hogy nem egy is van ez azt meg de ha csak már mint majd most el fel kell vagy lesz akkor "
        "ezután nyissa nyomja várja zárja kattintson nagyon amíg ki be még jól lehet utána először",
    ),
    "ro": Letters(
        "Latin",
        "ăâîșțşţ",
        "și şi în de la cu nu a este să un o pe care din mai sau că sunt pentru ce apoi acum dacă fi se "
        "deschideți apăsați așteptați închideți faceți clic foarte până când bine după prin ușor",
    ),
    "hr": Letters(
        "Latin",
        "čćđšž",
        "i je u na se da za ne s to su od što kako ali ili samo sam bi kada ako još nije zatim sada te iz "
        "otvorite pritisnite pričekajte zatvorite kliknite dok vrlo gdje biti može",
    ),
    "sl": Letters(
        "Latin",
        "čšž",
        "in je v na se da za ne s to so od kaj kako ali pa tudi sem bi ko če še ni nato zdaj ter iz odprite "
        "pritisnite počakajte zaprite kliknite dokler zelo kjer lahko potem kot",
    ),
    "sq": Letters(
        "Latin",
        "çë",
        "dhe në e të një për me nuk është që nga si ka do më po kjo tani pastaj se",
    ),
    "et": Letters(
        "Latin",
        "äöõüšž",
        "ja on ei see et ta kui siis ka oma aga nii või mis seda nüüd kas me olema juba pärast avage vajutage "
        "oodake sulgege klõpsake kuni väga veel hästi kuidas saab peab",
    ),
    "lv": Letters(
        "Latin",
        "āčēģīķļņšūž",
        "un ir ar uz no par kas ka lai es tu nav bet vai tad kā pēc tagad to šo jūs tikai atveriet nospiediet "
        "pagaidiet aizveriet noklikšķiniet līdz ļoti vēl kad viņš var",
    ),
    "lt": Letters(
        "Latin",
        "ąčęėįšųūž",
        "ir kad į su iš yra tai ne bet kaip jis ar dar tada dabar per už jau du kartus po ši šį atidarykite "
        "paspauskite palaukite uždarykite spustelėkite kol labai gerai galima reikia",
    ),
    "tr": Letters(
        "Latin",
        "çğıöşü",
        "ve bir bu da de için ile çok ne var mi daha sonra gibi kadar ama o şimdi olarak değil ben sen veya "
        "en açın basın bekleyin kapatın tıklayın iyi olan ki olur her",
    ),
    "vi": Letters(
        "Latin",
        "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        "và là của không có cho được một với trong này khi đã sẽ bạn các để thì những sau đó vào ra lại hãy "
        "mở nhấn chờ đóng bấm đến cách làm nút như tôi nó rồi màu lên",
    ),
    "id": Letters(
        "Latin",
        "",
        "yang dan di itu dengan untuk tidak ini dari dalam akan pada saya anda ke kita bisa atau juga lalu "
        "buka tekan tunggu tutup klik kemudian sampai sangat sudah agar harus tombol",
    ),
    "ca": Letters(
        "Latin",
        "àçéèíïóòúü",
        "el la els les i és de que en un una per amb no es al del com més però això després ara obriu premeu "
        "espereu tanqueu cliqueu molt també fins botó aquest aquesta",
    ),
    "eu": Letters(
        "Latin",
        "ñç",
        "eta da ez bat du dira izan den baina ere hau egin zen dute baino beste gero orain",
    ),
    "sw": Letters(
        "Latin",
        "",
        "na ya wa kwa ni katika za la kama hii sasa kisha lakini au si hiyo ili yako kutoka",
    ),
    "tl": Letters(
        "Latin",
        "ñ",
        "ang ng sa na mga at ay ito ka para hindi mo ko kung isang ako ikaw pagkatapos",
    ),
    "ru": Letters(
        "Cyrillic",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "и в не на что я с это как а по но вы к у из за от так же для или если теперь затем потом его при мы "
        "она они чтобы уже только когда откройте нажмите подождите закройте кнопку очень пока здесь можно "
        "нужно вот ещё есть этот",
    ),
    "uk": Letters(
        "Cyrillic",
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "і в не на що я з це як а та але ви до у із за від так для або якщо тепер потім його при й є її "
        "відкрийте натисніть зачекайте закрийте кнопку дуже доки щоб вже тут можна треба ще цей поки",
    ),
    "be": Letters(
        "Cyrillic",
        "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        "і ў не на што я з гэта як а та але вы да у за ад так для або калі цяпер потым яго пры адкрыйце "
        "націсніце пачакайце зачыніце кнопку вельмі пакуль каб ужо тут можна трэба яшчэ",
    ),
    "bg": Letters(
        "Cyrillic",
        "абвгдежзийклмнопрстуфхцчшщъьюя",
        "и в не на че с е да се за от по ще като но си са това или ако сега след до при го отворете натиснете "
        "изчакайте затворете бутона много докато тук може трябва още този тази има",
    ),
    "sr": Letters(
        "Cyrillic",
        "абвгдђежзијклљмнњопрстћуфхцчџш",
        "и је у на се да за не са то су од шта како али или само ако сада отворите притисните сачекајте "
        "затворите дугме врло док већ овде може треба још овај",
    ),
    "mk": Letters(
        "Cyrillic",
        "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
        "и е во на се да за не со тоа од што како но или само ако сега отворете притиснете почекајте "
        "затворете копчето многу додека веќе тука може треба уште овој",
    ),
    "kk": Letters(
        "Cyrillic",
        "абғдежзийкқлмнңоөпрстуұүшыіә",
        "және бұл мен үшін бар емес бір де да осы содан кейін",
    ),
    "ar": Letters(
        "Arabic",
        "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْـ",
        "في من على إلى أن هذا هذه لا ما هو مع عن ثم التي الذي أو كان قد بعد لم هل كل إذا بين يا افتح اضغط "
        "انتظر أغلق الزر حتى قبل ذلك كما عند يمكن يجب الآن مرة",
    ),
    "fa": Letters(
        "Arabic",
        "ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
        "و در به از که این را با است برای آن یک خود تا بر هم می نیز شود کنید باید اگر سپس بعد باز فشار دهید "
        "صبر دکمه شما می‌کنیم حالا روی قبل پس",
    ),
    "ur": Letters(
        "Arabic",
        "ءآأؤئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےۓ",
        "کے میں کی ہے اور سے کا کو اس یہ ہیں نے پر بھی کر تو وہ کہ ہو ایک اب پھر آپ لیے کھولیں دبائیں انتظار "
        "کریں بند بٹن دیں پہلے بعد تک گے",
    ),
    "ps": Letters(
        "Arabic",
        "ءآأؤئابپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکګلمنڼوهیېۍ",
        "په د او چې دی له کې سره دا ته نه يو هغه",
    ),
    "hi": Letters(
        "Devanagari",
        "",
        "है के में की को से और का पर यह नहीं हैं कि भी एक तो ने कर आप अब फिर या खोलें दबाएं इंतजार करें बंद बटन होने तक दें बाद पहले",
    ),
    "mr": Letters(
        "Devanagari",
        "ळ",
        "आहे आणि या च्या ला हे ते तर नाही केला मी आता मग एक तुम्ही करा उघडा दाबा थांबा बंद बटण",
    ),
    "ne": Letters(
        "Devanagari",
        "",
        "छ र को मा ले यो गर्न पनि भने हो छन् तपाईं अब त्यसपछि गर्नुहोस् खोल्नुहोस् थिच्नुहोस् पर्खनुहोस् बटन",
    ),
    "el": Letters(
        "Greek",
        "",
        "και το να του της η ο τα με για την που δεν στο σε είναι από θα τη τον αυτό μετά ανοίξτε πατήστε "
        "περιμένετε κλείστε κουμπί μέχρι πολύ όταν σας πριν",
    ),
    "he": Letters(
        "Hebrew",
        "",
        "את של לא על זה גם אם כי עם הוא אני יש מה או כל אחר כך עכשיו אל היא אתה הם פתחו לחצו חכו סגרו הכפתור "
        "עד לפני רק מאוד כן",
    ),
    "ko": Letters(
        "Hangul",
        "",
        "이 다 는 에 을 가 의 를 고 은 하 지 도 한 로 서 기 나 세 요 니 그 리",
        spaced=False,
    ),
    "th": Letters(
        "Thai",
        "",
        "ที่ การ และ เปิด ให้ ได้ ไม่ ของ เป็น ใน มี แล้ว จะ คุณ นี้ ความ กด รอ ครับ ค่ะ",
        spaced=False,
    ),
    "ja": Letters(
        "Kana",
        "",
        "の に は を た が で て と し れ さ ま す い く だ な も こ",
        spaced=False,
    ),
    "zh": Letters("Han", "", _CHINESE, spaced=False),
    "hy": Letters("Armenian"),
    "dv": Letters("Thaana"),
    "bn": Letters("Bengali"),
    "pa": Letters("Gurmukhi"),
    "gu": Letters("Gujarati"),
    "or": Letters("Oriya"),
    "ta": Letters("Tamil"),
    "te": Letters("Telugu"),
    "kn": Letters("Kannada"),
    "ml": Letters("Malayalam"),
    "si": Letters("Sinhala"),
    "lo": Letters("Lao"),
    "bo": Letters("Tibetan"),
    "my": Letters("Myanmar"),
    "ka": Letters("Georgian"),
    "am": Letters("Ethiopic"),
    "km": Letters("Khmer"),
}
"""By BCP 47 code. A language that alone has its script needs no words."""
