"""What an institution consents to for the level `agreed`, word for word, in the editions that were used.

电子签名法 13, second paragraph: 当事人也可以选择使用符合其约定的可靠条件的电子签名. Each side consents for itself; an
agreement is signed on this level where both have.
"""

VERSION = "2026-11"
EDITIONS = {
    "2026-11": (
        "本单位同意：在本平台签订医养合作协议时，采用电子签名，并依照《中华人民共和国电子签名法》第十三条第二款，"
        "约定以下列条件作为电子签名可靠的条件：一、签名密钥由签约人本人设置的签名密码加密，签名时仅由本人控制；"
        "二、签名时以动态口令再次确认本人；三、签名后对签名和协议文本的任何改动都能被发现；"
        "四、签约证书由本平台的签约证书机构签发，该机构不是依法取得许可的电子认证服务提供者。"
        "符合上述条件的电子签名，本单位认可其与本单位签约人的手写签名、盖章具有同样的效力。"
    )
}
TEXT = EDITIONS[VERSION]
