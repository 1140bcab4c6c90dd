import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {getActiveHotkey} from "@web/core/hotkeys/hotkey_service";

const ENDS_ADDRESS = /@.*[,;]\s*$/;

/** Offers contacts while somebody types, and never throws away what they typed. */
export class AddressInput extends AutoComplete {
    static props = {
        ...AutoComplete.props,
        ready: Function,
        removeLast: Function,
        take: Function,
    };
    static defaultProps = {...AutoComplete.defaultProps, autoSelect: true};

    setup() {
        super.setup();
        this.props.ready(this);
    }

    get text() {
        return this.inputRef.el?.value.trim() || "";
    }

    empty() {
        this.fill("");
    }

    edit(text) {
        this.fill(text);
        this.inputRef.el.focus();
        this.open(true);
    }

    fill(text) {
        this.state.value = text;
        if (this.inputRef.el) {
            this.inputRef.el.value = text;
        }
        this.close();
    }

    /** Who has moved on meanwhile is not shown a list any more. */
    open(useInput) {
        const isHere = document.activeElement === this.inputRef.el;
        return isHere ? super.open(useInput) : Promise.resolve();
    }

    /** A click elsewhere, or Escape: core would clear the field. */
    cancel() {
        this.close();
    }

    /** A new contact is made by who asks for it, not by Enter or Tab after a name. */
    navigate(direction) {
        super.navigate(direction);
        if (!direction && this.activeOption?.data.creates) {
            this.state.activeSourceOption = null;
        }
    }

    onInput() {
        if (ENDS_ADDRESS.test(this.inputRef.el.value)) {
            this.props.take();
            return undefined;
        }
        return super.onInput();
    }

    async onInputKeydown(ev) {
        const hotkey = getActiveHotkey(ev);
        if (hotkey === "backspace" && !this.inputRef.el.value) {
            this.props.removeLast();
        }
        await super.onInputKeydown(ev);
        if (hotkey === "enter" && this.text) {
            this.props.take();
        }
    }

    onInputBlur() {
        const isForOption = this.ignoreBlur;
        super.onInputBlur();
        if (!isForOption) {
            this.props.take();
        }
    }
}
