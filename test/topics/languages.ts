/** Small topics in many languages, written for these tests, with the names that readers of them would accept. */
export const languages: Record<string, { name: string; texts: string[] }[]> = {
  de: [
    {
      name: 'Lokführer, Streik, Bahn',
      texts: [
        'Bahnstreik legt den Fernverkehr lahm\nDie Gewerkschaft der Lokführer hat ihre Mitglieder zu einem dreitägigen Streik aufgerufen.',
        'Lokführer streiken ab Mittwoch\nTausende Züge fallen aus, die Bahn bietet einen Notfahrplan an.',
        'Tarifstreit bei der Bahn: Lokführer beginnen Streik\nReisende müssen sich auf Ausfälle im Fernverkehr einstellen.',
        'Streik der Lokführer trifft Pendler hart\nIn den Bahnhöfen herrscht Chaos, viele Züge fahren nicht.',
      ],
    },
    {
      name: 'Hochwasser, Elbe, Helfer',
      texts: [
        'Hochwasser an der Elbe steigt weiter\nIn mehreren Dörfern wurden Häuser evakuiert, Helfer füllen Sandsäcke.',
        'Elbe erreicht Rekordstand\nDas Hochwasser bedroht die Altstadt, die Deiche sind aufgeweicht.',
        'Deich gebrochen: Hochwasser überflutet Dörfer\nFeuerwehr und Bundeswehr retten Menschen aus ihren Häusern.',
        'Nach dem Hochwasser beginnt das Aufräumen\nAn der Elbe sinken die Pegel, Helfer pumpen Keller leer.',
      ],
    },
  ],
  zh: [
    {
      name: '港口罢工, 码头, 工人',
      texts: [
        '港口工人罢工进入第三天\n码头工会要求提高工资，集装箱船在海上等候。',
        '码头罢工导致货物积压\n港口集装箱吞吐量大幅下降，工会拒绝新的工资方案。',
        '港口罢工结束 工人投票通过工资协议\n码头恢复运营，积压的集装箱需要一个月才能清理。',
        '政府呼吁结束港口罢工\n码头工人表示，自动化设备威胁他们的工作。',
      ],
    },
    {
      name: '望远镜, 行星, 天文学',
      texts: [
        '科学家发现新的系外行星\n望远镜观测到一颗大小与地球相似的行星。',
        '新望远镜拍到遥远星系\n天文学家说，这颗行星的大气层含有水蒸气。',
        '天文学家在邻近恒星旁发现行星\n望远镜数据显示行星表面温度适中。',
      ],
    },
  ],
  ja: [
    {
      name: '桜の開花, 東京',
      texts: [
        '桜の開花が平年より早まる\n気象庁は東京で桜が開花したと発表した。',
        '東京で桜が満開に\n公園には多くの花見客が訪れた。',
        '桜の開花予想、今年は早い見込み\n暖かい日が続き、桜のつぼみが膨らんでいる。',
      ],
    },
    {
      name: '電車, 見合わせ, 通勤',
      texts: [
        '電車の遅延で通勤客に影響\n信号機の故障により電車が一時運転を見合わせた。',
        '地下鉄で停電、電車が停止\n乗客は駅まで歩いて避難した。',
        '大雪で電車の運転見合わせ\n通勤客が駅で足止めされた。',
      ],
    },
  ],
  ar: [
    {
      name: 'أسعار النفط, الخام, المخزونات',
      texts: [
        'ارتفاع أسعار النفط بعد قرار أوبك\nقفزت أسعار النفط الخام في الأسواق العالمية يوم الاثنين.',
        'النفط يصعد إلى أعلى مستوى\nقال محللون إن أسعار الخام مدعومة بتراجع المخزونات.',
        'أسعار النفط تتراجع قليلا\nانخفض سعر برميل النفط بعد بيانات المخزونات الأمريكية.',
      ],
    },
    {
      name: 'كأس آسيا, المنتخب, المباراة',
      texts: [
        'المنتخب يفوز بكأس آسيا\nأحرز اللاعب هدفين في المباراة النهائية.',
        'مباراة نهائية مثيرة في كأس آسيا\nفاز المنتخب بركلات الترجيح أمام جمهوره.',
        'احتفالات بفوز المنتخب بالكأس\nخرجت الجماهير إلى الشوارع بعد المباراة.',
      ],
    },
  ],
  hi: [
    {
      name: 'गाँव, बाढ़, जल स्तर',
      texts: [
        'बाढ़ से कई गाँव प्रभावित\nनदी का जल स्तर बढ़ने के बाद लोगों को राहत शिविर में भेजा गया।',
        'बाढ़ राहत शिविर में हजारों लोग\nप्रशासन ने गाँव में भोजन और पानी पहुँचाया।',
        'नदी का जल स्तर घटा, बाढ़ का खतरा कम\nगाँव के लोग घर लौट रहे हैं।',
      ],
    },
    {
      name: 'विश्व कप, क्रिकेट टीम, फाइनल',
      texts: [
        'क्रिकेट टीम ने विश्व कप जीता\nकप्तान ने फाइनल मैच में शतक लगाया।',
        'विश्व कप फाइनल में भारतीय क्रिकेट टीम की जीत\nगेंदबाज ने पाँच विकेट लिए।',
        'क्रिकेट टीम का स्वदेश में स्वागत\nविश्व कप जीतने वाले खिलाड़ी सम्मानित।',
      ],
    },
  ],
  ne: [
    {
      name: 'पहिरोले, बाढी, अवरुद्ध',
      texts: [
        'काठमाडौंमा बाढी र पहिरोले क्षति\nनदी किनारका घरहरू डुबेका छन्।',
        'बाढी पीडितलाई राहत वितरण\nनदीको बहाव बढेको छ र पहिरो गएको छ।',
        'पहिरोले सडक अवरुद्ध\nबाढीका कारण यातायात बन्द भएको छ।',
      ],
    },
    {
      name: 'क्रिकेट, अभ्यासमा, कप्तानले',
      texts: [
        'नेपाली क्रिकेट टोलीको जित\nकप्तानले खेलमा शतक बनाए।',
        'क्रिकेट खेल हेर्न दर्शकको भिड\nटोलीले खेल जित्यो।',
        'क्रिकेट टोली विदेश जाने\nखेलाडीहरू अभ्यासमा छन्।',
      ],
    },
  ],
  th: [
    {
      name: 'ฝนตกหนัก, น้ำท่วม, รถยนต์',
      texts: [
        'น้ำท่วมกรุงเทพฯ หลังฝนตกหนัก\nรถยนต์จำนวนมากติดอยู่ในน้ำท่วม',
        'ฝนตกหนักทำให้น้ำท่วมหลายจังหวัด\nประชาชนต้องอพยพออกจากบ้าน',
        'น้ำท่วมเริ่มลดลง\nฝนหยุดตกและรถยนต์กลับมาวิ่งได้',
      ],
    },
    {
      name: 'ฟุตบอลไทย, เตะ, ทีม',
      texts: [
        'ทีมฟุตบอลไทยชนะเลิศ\nนักเตะยิงประตูในนาทีสุดท้าย',
        'ฟุตบอลไทยเตรียมแข่งขัน\nนักเตะซ้อมหนัก',
        'แฟนฟุตบอลต้อนรับนักเตะ\nทีมกลับถึงสนามบิน',
      ],
    },
  ],
  ko: [
    {
      name: '지하철 파업, 노조, 서울시',
      texts: [
        '지하철 파업으로 출근길 혼잡\n노조는 임금 인상을 요구하며 파업에 들어갔다.',
        '지하철 노조 파업 이틀째\n서울시는 버스를 늘렸다.',
        '지하철 파업 종료 합의\n노조와 서울시가 임금에 합의했다.',
      ],
    },
    {
      name: '벚꽃 축제, 관광객',
      texts: [
        '벚꽃 축제에 관광객 몰려\n벚꽃이 만개했다.',
        '올해 벚꽃 개화 빨라\n따뜻한 날씨로 벚꽃이 일찍 폈다.',
        '벚꽃 축제 막을 내려\n관광객 백만 명이 다녀갔다.',
      ],
    },
  ],
  fr: [
    {
      name: 'Cheminots, grève, syndicats',
      texts: [
        'Grève des trains : un TGV sur trois\nLes syndicats de cheminots appellent à poursuivre la grève.',
        "La grève des cheminots se poursuit\nLes usagers des trains s'organisent.",
        'Fin de la grève des cheminots\nLes syndicats ont signé un accord sur les salaires.',
      ],
    },
    {
      name: 'Bleus, équipe, France',
      texts: [
        "L'équipe de France remporte le tournoi\nLes Bleus ont battu l'Irlande.",
        "Tournoi : les Bleus en tête\nL'équipe a marqué quatre essais.",
        "Rugby : la France fête les Bleus\nL'équipe a défilé.",
      ],
    },
  ],
};
